import type { Batch, ReadRecord } from '../../journal/tail.ts';
import type { IntentRecord, OutcomeRecord } from '../../journal/records.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros } from '../../kernel/money.ts';
import type { LedgerBatch, LedgerOutcome } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';

/** Reduces journal records to what touches money. */
export function toLedgerBatch(node: string, { epoch, from, to, head, records }: Batch): LedgerBatch {
  const rows: LedgerRecord[] = [];
  const outcomes: LedgerOutcome[] = [];
  for (const entry of records) {
    const { record } = entry;
    if (record.type === 'intent' && record.bound !== null) rows.push(toRow(node, entry, record));
    else if (record.type === 'outcome' && record.costs) outcomes.push(toOutcome(node, entry, record));
  }
  return { node, epoch, from, to, head, rows, outcomes };
}

function toRow(node: string, { epoch, position }: ReadRecord, record: IntentRecord): LedgerRecord {
  const bound = record.bound ?? micros(0);
  const { at, key, app, account, vendor, operation, action, country, reserves, fingerprints } = record;
  return {
    node,
    epoch,
    position,
    at,
    key,
    app,
    account,
    vendor,
    operation,
    action,
    country,
    currency: record.currency ?? '',
    bound,
    amount: bound,
    state: 'reserved',
    settled: false,
    reserves,
    resourceIds: [],
    fingerprints,
  };
}

function toOutcome(node: string, { epoch, position }: ReadRecord, record: OutcomeRecord): LedgerOutcome {
  const { state, amount, settled, spent, resourceIds } = record;
  return {
    of: { node, epoch, position: record.of },
    state,
    amount,
    settled,
    spent,
    resourceIds,
    position,
  };
}

/** Is the journal itself at fault? Anything else is of a store or disk, and may pass. */
export function isRefused(error: unknown): error is RingfenceError {
  return (
    error instanceof RingfenceError && (error.code === 'verify_failed' || error.code === 'input_invalid')
  );
}
