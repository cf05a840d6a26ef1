import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageTo, phone, somebody } from '../../guard/intents-fixture.ts';
import type { PriceBook } from '../../guard/prices/price-book.ts';
import { micros } from '../../kernel/money.ts';
import type { PriceRecord } from '../../store/records.ts';
import { createIncomingPrices } from './incoming-prices.ts';
import type { PricePage } from '../processes/messages.ts';

const price = (prefix: string, amount: number): PriceRecord => ({
  vendor: 'acme',
  account: null,
  item: 'message.send/sms',
  prefix,
  amount: micros(amount),
  currency: 'USD',
  unit: 'each',
  increment: 60,
  from: 0,
  kind: 'price',
});

const page = (book: bigint, row: PriceRecord, number: number, last?: 'last'): PricePage => ({
  kind: 'prices',
  book,
  number,
  rows: [row],
  isLast: last === 'last',
});

function costs(book: PriceBook | null): readonly (number | null)[] {
  return ['+4915215551234', '+12025550123'].map((number) => {
    const step = book?.bound(messageTo([phone(number)]), somebody, 60, 1000);
    return step?.ok === true ? (step.value?.money.amount ?? null) : null;
  });
}

test('prices that come in pages are in force as a whole, with the last page', () => {
  const incoming = createIncomingPrices();
  assert.equal(incoming.take(page(1n, price('49', 7), 0)), null);
  assert.deepEqual(costs(incoming.take(page(1n, price('1', 3), 1, 'last'))), [7, 3]);
});

test('two books that come side by side do not mix', () => {
  const incoming = createIncomingPrices();
  incoming.take(page(1n, price('49', 7), 0));
  incoming.take(page(2n, price('49', 70), 0));
  assert.deepEqual(costs(incoming.take(page(1n, price('1', 3), 1, 'last'))), [7, 3]);
  assert.deepEqual(costs(incoming.take(page(2n, price('1', 30), 1, 'last'))), [70, 30]);
});

test('a book whose beginning was told before the process lived is not put in force by its end', () => {
  const incoming = createIncomingPrices();
  assert.equal(incoming.take(page(1n, price('49', 7), 1)), null);
  assert.equal(incoming.take(page(1n, price('1', 3), 2, 'last')), null);
});

test('books that break off are not kept for ever', () => {
  const incoming = createIncomingPrices();
  for (const book of [1n, 2n, 3n]) incoming.take(page(book, price('49', Number(book)), 0));
  assert.equal(incoming.take(page(1n, price('1', 1), 1, 'last')), null);
  assert.deepEqual(costs(incoming.take(page(3n, price('1', 3), 1, 'last'))), [3, 3]);
});

test('a book that was begun earlier does not take the place of a later one', () => {
  const incoming = createIncomingPrices();
  incoming.take(page(1n, price('49', 7), 0));
  incoming.take(page(2n, price('49', 70), 0));
  assert.deepEqual(costs(incoming.take(page(2n, price('1', 30), 1, 'last'))), [70, 30]);
  assert.equal(incoming.take(page(1n, price('1', 3), 1, 'last')), null);
});

test('a page that comes again, as to a process that starts, begins no book anew: no page of it would be missed', () => {
  const incoming = createIncomingPrices();
  incoming.take(page(1n, price('1', 3), 0));
  incoming.take(page(1n, price('49', 70), 1));
  incoming.take(page(1n, price('1', 3), 0)); // Told again, while the next page is told to all.
  const whole = incoming.take(page(1n, price('4', 7), 2, 'last'));
  assert.deepEqual(costs(whole), [70, 3]);
  assert.equal(incoming.take(page(1n, price('49', 70), 1)), null);
  assert.equal(incoming.take(page(1n, price('4', 7), 2, 'last')), null);
});
