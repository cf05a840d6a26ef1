import type { PriceStore } from '../ports.ts';
import { EVERY_ACCOUNT, PRICE_IDENTITY, toPrice } from '../prices.ts';
import type { PriceRecord } from '../records.ts';
import type { Database } from './database.ts';

const PUT_PRICES = `
  INSERT INTO price (vendor, account, item, prefix, effective_from, amount, currency, unit, increment, kind)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
    $8::text[], $9::bigint[], $10::text[])
  ON CONFLICT (vendor, account, item, prefix, effective_from) DO UPDATE SET amount = excluded.amount,
    currency = excluded.currency, unit = excluded.unit, increment = excluded.increment, kind = excluded.kind`;

/** Rows of the price book. */
export function createPrices(database: Database): PriceStore {
  return {
    async put(rows) {
      // The last of several rows with the same coordinates wins, as if they were written one by one.
      const distinct = [...new Map(rows.map((row) => [priceId(row), row])).values()];
      const column = (name: keyof PriceRecord) => distinct.map((row) => row[name]);
      const accounts = distinct.map((row) => row.account ?? EVERY_ACCOUNT);
      await database.run(
        PUT_PRICES,
        column('vendor'),
        accounts,
        column('item'),
        column('prefix'),
        column('from'),
        column('amount'),
        column('currency'),
        column('unit'),
        column('increment'),
        column('kind'),
      );
      return rows.length;
    },
    async list({ vendor = null, item = null, prefix = '', limit }) {
      const sql = `SELECT * FROM price WHERE ($1::text IS NULL OR vendor = $1) AND ($2::text IS NULL OR item = $2)
        AND starts_with(prefix, $3) ORDER BY ${PRICE_IDENTITY} LIMIT $4`;
      return (await database.all(sql, vendor, item, prefix, limit)).map(toPrice);
    },
    async page(after, limit) {
      const { vendor = '', account = null, item = '', prefix = '', from = 0 } = after ?? {};
      const sql = `SELECT * FROM price WHERE (${PRICE_IDENTITY}) > ($1, $2, $3, $4, $5) ORDER BY ${PRICE_IDENTITY} LIMIT $6`;
      return (await database.all(sql, vendor, account ?? EVERY_ACCOUNT, item, prefix, from, limit)).map(
        toPrice,
      );
    },
    async currencies(vendor) {
      const sql = 'SELECT DISTINCT currency FROM price WHERE vendor = $1 AND account = $2';
      return (await database.all(sql, vendor, EVERY_ACCOUNT)).map((row) => row['currency'] as string);
    },
    remove: (vendor, kind) =>
      database.run(
        'DELETE FROM price WHERE vendor = $1 AND ($2::text IS NULL OR kind = $2)',
        vendor,
        kind ?? null,
      ),
  };
}

function priceId({ vendor, account, item, prefix, from }: PriceRecord): string {
  return JSON.stringify([vendor, account, item, prefix, from]);
}
