import type { PriceRecord } from './records.ts';

/** Columns that tell a row of the table `price` from every other one. */
export const PRICE_IDENTITY = 'vendor, account, item, prefix, effective_from';

/** Stands for every account of the vendor. Not NULL: two NULLs count as different, so the same row could be stored twice. */
export const EVERY_ACCOUNT = '';

/** A row of the table `price`. */
export function toPrice(row: Readonly<Record<string, unknown>>): PriceRecord {
  return {
    vendor: row['vendor'],
    account: row['account'] === EVERY_ACCOUNT ? null : row['account'],
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
