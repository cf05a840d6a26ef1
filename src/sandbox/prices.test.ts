import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from '../kernel/money.ts';
import { decimalText, timedAmount } from './amounts.ts';
import { createPriceBook } from './prices.ts';

const book = createPriceBook();

describe('the price book of the sandbox', () => {
  it('takes the longest prefix of a phone, and the row without prefix for everything else', () => {
    const prefix = (address: string | null) => book.price('twilio', 'message.send/sms', address).prefix;
    const addresses = ['+15005550106', '+18765550106', '+12425550106', '+99912345678', 'client:bob', null];
    assert.deepEqual(addresses.map(prefix), ['1', '1876', '1242', '', '', '']);
  });

  it('knows no row dearer than the one without prefix, which bounds unknown destinations', () => {
    for (const { vendor, item, amount, prefix } of book.records())
      assert.ok(amount <= book.price(vendor, item, null).amount, `${vendor} ${item} ${prefix}`);
  });

  it('has prices that the vendors can print with four decimals', () => {
    for (const { amount } of book.records()) assert.equal(amount % 100, 0);
  });

  it('has one row for each vendor, item and prefix', () => {
    const keys = book.records().map(({ vendor, item, prefix }) => `${vendor} ${item} ${prefix}`);
    assert.equal(new Set(keys).size, keys.length);
    assert.throws(() => book.price('twilio', 'unknown', null), /no price/);
  });
});

describe('amounts', () => {
  it('print exactly as many decimals as asked for', () => {
    assert.equal(decimalText(micros(-7_900), 5), '-0.00790');
    assert.equal(decimalText(micros(1_234_500), 4), '1.2345');
    assert.equal(decimalText(micros(33_300), 8), '0.03330000');
  });

  it('count started steps', () => {
    const minute = { amount: micros(14_000), increment: 60 };
    assert.deepEqual(
      [1, 60, 61].map((seconds) => timedAmount(minute, seconds)),
      [14_000, 14_000, 28_000],
    );
    assert.equal(timedAmount({ amount: micros(100), increment: 1 }, 1), 2);
  });
});
