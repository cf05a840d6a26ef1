import type { LedgerRecord } from '../records.ts';
import type { Row } from './database.ts';
import type { Names } from './names.ts';

export interface StoredRow {
  readonly id: number;
  readonly record: LedgerRecord;
}

/** Reads the columns of `ROW_COLUMNS`. */
export async function toStoredRows(names: Names, rows: readonly Row[]): Promise<StoredRow[]> {
  const reserves = await names.decode(rows.map((row) => row['reserves'] as string));
  return rows.map((row, index) => ({
    id: row['id'] as number,
    record: toRecord(row, reserves[index] ?? []),
  }));
}

function toRecord(row: Row, reserves: LedgerRecord['reserves']): LedgerRecord {
  const { id: _id, life: _life, at_bound: atBound, resource_ids: resources, fingerprints, ...columns } = row;
  return {
    ...(columns as unknown as LedgerRecord),
    ...(atBound === true ? { atBound } : {}),
    reserves,
    resourceIds: JSON.parse(resources as string) as string[],
    fingerprints: JSON.parse(fingerprints as string) as string[],
  };
}
