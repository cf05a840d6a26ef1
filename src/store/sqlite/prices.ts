import type { PriceRecord } from '../records.ts';
import type { Database, Row } from './database.ts';

/** The empty account stands for every account of the vendor. */
export function putPrices(database: Database, rows: readonly PriceRecord[]): number {
  const insert = database.prepare(`
    INSERT INTO price (vendor, account, item, prefix, effective_from, amount, currency, unit, increment, kind)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET amount = excluded.amount, currency = excluded.currency, unit = excluded.unit,
      increment = excluded.increment, kind = excluded.kind`);
  for (const { vendor, account, item, prefix, from, amount, currency, unit, increment, kind } of rows)
    insert.run(vendor, account ?? '', item, prefix, from, amount, currency, unit, increment, kind);
  return rows.length;
}

export function listPrices(database: Database, vendor: string | null): PriceRecord[] {
  const order = 'ORDER BY vendor, account, item, prefix, effective_from';
  const rows =
    vendor === null
      ? database.all(`SELECT * FROM price ${order}`)
      : database.all(`SELECT * FROM price WHERE vendor = ? ${order}`, vendor);
  return rows.map(toPrice);
}

export function removePrices(database: Database, vendor: string, kind: string | null): number {
  return database.run('DELETE FROM price WHERE vendor = ?1 AND (?2 IS NULL OR kind = ?2)', vendor, kind);
}

function toPrice(row: Row): PriceRecord {
  return {
    vendor: row['vendor'],
    account: row['account'] === '' ? null : row['account'],
    item: row['item'],
    prefix: row['prefix'],
    amount: row['amount'],
    currency: row['currency'],
    unit: row['unit'],
    increment: row['increment'],
    from: row['effective_from'],
    kind: row['kind'],
  } as PriceRecord;
}
