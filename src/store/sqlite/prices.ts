import type { PriceFilter } from '../ports.ts';
import { EVERY_ACCOUNT, PRICE_IDENTITY, toPrice } from '../prices.ts';
import type { PriceRecord } from '../records.ts';
import { where } from '../select.ts';
import type { Database } from './database.ts';

export function putPrices(database: Database, rows: readonly PriceRecord[]): number {
  const insert = database.prepare(`
    INSERT INTO price (vendor, account, item, prefix, effective_from, amount, currency, unit, increment, kind)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET amount = excluded.amount, currency = excluded.currency, unit = excluded.unit,
      increment = excluded.increment, kind = excluded.kind`);
  for (const { vendor, account, item, prefix, from, amount, currency, unit, increment, kind } of rows)
    insert.run(vendor, account ?? EVERY_ACCOUNT, item, prefix, from, amount, currency, unit, increment, kind);
  return rows.length;
}

export function listPrices(
  database: Database,
  { vendor, item, prefix = '', limit }: PriceFilter,
): PriceRecord[] {
  const given = [
    ['vendor = ?', vendor],
    ['item = ?', item],
  ] as const;
  const meant = given.filter(([, value]) => value !== undefined);
  const conditions = [...meant.map(([condition]) => condition), 'substr(prefix, 1, length(?)) = ?'];
  const values = [...meant.map(([, value]) => value ?? ''), prefix, prefix, limit];
  const query = `SELECT * FROM price ${where(conditions)} ORDER BY ${PRICE_IDENTITY} LIMIT ?`;
  return database.all(query, ...values).map(toPrice);
}

export function pagePrices(database: Database, after: PriceRecord | null, limit: number): PriceRecord[] {
  const query = `SELECT * FROM price WHERE (${PRICE_IDENTITY}) > (?, ?, ?, ?, ?) ORDER BY ${PRICE_IDENTITY} LIMIT ?`;
  const { vendor = '', account = null, item = '', prefix = '', from = 0 } = after ?? {};
  return database.all(query, vendor, account ?? EVERY_ACCOUNT, item, prefix, from, limit).map(toPrice);
}

export function priceCurrencies(database: Database, vendor: string): string[] {
  const query = 'SELECT DISTINCT currency FROM price WHERE vendor = ? AND account = ?';
  return database.all(query, vendor, EVERY_ACCOUNT).map((row) => row['currency'] as string);
}

export function removePrices(database: Database, vendor: string, kind: string | null): number {
  return database.run('DELETE FROM price WHERE vendor = ?1 AND (?2 IS NULL OR kind = ?2)', vendor, kind);
}
