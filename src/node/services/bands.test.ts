import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingBands } from './bands.ts';

const account = (id: string, currency: string) => ({ id, vendor: 'acme', currency });

describe('bands of a new account', () => {
  it('are those of its vendor, in its currency, once', () => {
    const rows = missingBands([], account('a', 'EUR'));
    assert.ok(rows.length > 0 && rows.every((row) => row.currency === 'EUR' && row.account === null));
    assert.ok(rows.every(({ kind, vendor }) => kind === 'band' && vendor === 'acme'));
    assert.deepEqual(missingBands(['EUR'], account('b', 'EUR')), []);
  });

  it('are its own where the vendor has prices in another currency only', () => {
    const rows = missingBands(['EUR'], account('b', 'USD'));
    assert.ok(rows.length > 0 && rows.every((row) => row.currency === 'USD' && row.account === 'b'));
  });

  it('do not stand beside, or replace, prices that the operator has put in', () => {
    assert.deepEqual(missingBands(['EUR', 'USD'], account('b', 'USD')), []);
  });

  it('do not exist in a currency that the figures do not fit', () => {
    assert.deepEqual(missingBands([], account('a', 'JPY')), []);
  });
});
