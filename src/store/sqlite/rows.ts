import { micros } from '../../kernel/money.ts';
import type { LedgerRecord, LedgerState } from '../records.ts';
import type { Row } from './database.ts';
import type { Periods } from './periods.ts';

/** A ledger row with its place in the table. */
export interface StoredRow {
  readonly id: number;
  readonly life: number;
  readonly record: LedgerRecord;
}

/** Reads the columns of `ROW_COLUMNS`. */
export function toStoredRow(row: Row, periods: Periods): StoredRow {
  return { id: row['id'] as number, life: row['life'] as number, record: toLedgerRecord(row, periods) };
}

export function toLedgerRecord(row: Row, periods: Periods): LedgerRecord {
  return {
    node: row['node'] as string,
    epoch: row['epoch'] as number,
    position: row['position'] as number,
    at: row['at'] as number,
    key: row['key'] as string,
    app: row['app'] as string,
    account: row['account'] as string,
    vendor: row['vendor'] as string,
    operation: row['operation'] as string,
    action: row['action'] as string,
    country: row['country'] as string | null,
    currency: row['currency'] as string,
    bound: micros(row['bound'] as number),
    amount: micros(row['amount'] as number),
    state: row['state'] as LedgerState,
    settled: row['settled'] === 1,
    ...(row['at_bound'] === 1 ? { atBound: true } : {}),
    reserves: periods.decode(row['reserves'] as string),
    resourceIds: JSON.parse(row['resource_ids'] as string) as string[],
    fingerprints: JSON.parse(row['fingerprints'] as string) as string[],
  };
}
