import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultPrices } from '../../src/guard/prices/default-prices.ts';
import { createPriceBook } from '../../src/guard/prices/price-book.ts';
import { baseItem, extraItem, mayCost } from '../../src/guard/prices/items.ts';
import type { Intent } from '../../src/intent/intent.ts';
import { micros } from '../../src/kernel/money.ts';
import type { PriceRecord } from '../../src/store/records.ts';
import { VENDORS } from '../../src/vendors/index.ts';
import { NOW } from '../../src/vendors/shared/wire-fixture.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import type { Operation } from '../../src/vendors/wire.ts';
import { readingsOf } from './vendor-probes.ts';

const SECONDS = 60;

function spends({ effects }: Operation): boolean {
  return effects.includes('spend') || effects.includes('buy');
}

const intentsOf = (vendor: Vendor, operation: Operation): readonly Intent[] =>
  readingsOf(vendor, operation).map(({ intent }) => intent);

function priceOf(item: string): PriceRecord {
  return {
    vendor: '*',
    account: null,
    item,
    prefix: '',
    amount: micros(1_000_000),
    currency: 'USD',
    unit: 'each',
    increment: 60,
    from: 0,
    kind: 'price',
  };
}

for (const vendor of VENDORS)
  describe(`prices of ${vendor.id}`, () => {
    const subject = { key: 'k', app: 'a', account: 'a', vendor: vendor.id, network: '127.0.0.1' };
    const spending = vendor.operations.rows.filter(spends);

    it('has a reading, or a refusal, for everything that spends', () => {
      assert.ok(spending.length > 0);
      const unread = spending.filter((operation) => intentsOf(vendor, operation).length === 0);
      assert.deepEqual(unread, [], 'no plausible request is understood');
    });

    it('lets nothing that spends pass without a price', () => {
      const empty = createPriceBook([]);
      for (const operation of spending) {
        const costly = intentsOf(vendor, operation).filter(mayCost);
        assert.ok(costly.length > 0, `every reading of ${operation.id} is free`);
        for (const intent of costly) {
          const bound = empty.bound(intent, subject, SECONDS, NOW);
          assert.ok(!bound.ok && bound.refusal.code === 'price_unknown', operation.id);
        }
      }
    });

    it('prices it once each of its items has a price, and not before', () => {
      for (const operation of spending)
        for (const intent of intentsOf(vendor, operation).filter(mayCost)) {
          const items = [baseItem(intent), ...intent.extras.map((extra) => extraItem(intent, extra))];
          const whole = createPriceBook(items.map(priceOf)).bound(intent, subject, SECONDS, NOW);
          assert.ok(whole.ok && whole.value !== null && whole.value.money.amount > 0, operation.id);
          const missing = createPriceBook(items.slice(1).map(priceOf)).bound(intent, subject, SECONDS, NOW);
          assert.ok(!missing.ok, `${operation.id} passes without ${items[0]}`);
        }
    });

    it('has a coarse band for everything but what only its operation name describes', () => {
      const bands = defaultPrices({ vendor: vendor.id, account: null, currency: vendor.facts.currency });
      const book = createPriceBook(bands);
      for (const operation of vendor.operations.rows)
        for (const intent of intentsOf(vendor, operation).filter(mayCost)) {
          if (baseItem(intent).startsWith('other/')) continue;
          const bound = book.bound(intent, subject, SECONDS, NOW);
          assert.ok(bound.ok && bound.value !== null && bound.value.money.amount > 0, operation.id);
        }
    });
  });
