import { createAudit } from '../audit.ts';
import type { Audit, AuditedLease, AuditedRow } from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import type { PeriodRecord } from '../records.ts';
import { toFault } from './faults.ts';
import type { Database, Row } from './database.ts';

/** See `LedgerStore.verify`. Reads one snapshot, so it may run beside the writer. */
export function verify(database: Database): LedgerVerification {
  const audit = createAudit();
  database.exec('BEGIN');
  try {
    checkFile(database, audit);
    feed(database, audit);
  } catch (error) {
    // A page that cannot be read is a finding, too; what was read until then is reported with it.
    audit.problem(`file: ${toFault(error).message}`);
  } finally {
    if (database.inTransaction()) database.exec('COMMIT');
  }
  return audit.report();
}

/** SQLite's own check: pages, and that every index agrees with its table. */
function checkFile(database: Database, audit: Audit): void {
  for (const row of database.all('PRAGMA integrity_check(100)')) {
    const text = String(Object.values(row)[0]);
    if (text !== 'ok') audit.problem(`file: ${text}`);
  }
}

const LIVES = 'SELECT node, epoch, position, head, closed IS NOT NULL AS closed FROM life';

const ANCHORS = `
  SELECT life.node, life.epoch, anchor.position, anchor.head FROM anchor JOIN life ON life.id = anchor.life`;

const LEASES = `
  SELECT period.budget, period.period, lease.remaining, lease.overdrawn, lease.state, life.node, life.epoch
  FROM lease JOIN life ON life.id = lease.life JOIN period ON period.id = lease.period_id`;

const PERIODS = 'SELECT id, budget, period, spent, leased, presumed FROM period';

const ROWS = `
  SELECT life.node, life.epoch, ledger.position, subject.currency, ledger.bound, ledger.amount, ledger.state,
    ledger.settled, ledger.reserves
  FROM ledger JOIN life ON life.id = ledger.life JOIN subject ON subject.id = ledger.subject`;

/** Rows whose parent is missing: the joins above would not show them. */
const ORPHANS = `
  SELECT 'ledger' AS kind, count(*) AS rows FROM ledger
  WHERE life NOT IN (SELECT id FROM life) OR subject NOT IN (SELECT id FROM subject)
  UNION ALL SELECT 'lease', count(*) FROM lease
  WHERE life NOT IN (SELECT id FROM life) OR period_id NOT IN (SELECT id FROM period)
  UNION ALL SELECT 'anchor', count(*) FROM anchor WHERE life NOT IN (SELECT id FROM life)`;

const RESOURCES = `
  SELECT (SELECT coalesce(sum(json_array_length(resource_ids)), 0) FROM ledger) AS held,
    (SELECT count(*) FROM mark WHERE ledger > 0) AS marked`;

function feed(database: Database, audit: Audit): void {
  for (const row of database.iterate(LIVES)) audit.life({ ...toAnchor(row), closed: row['closed'] === 1 });
  for (const row of database.iterate(ANCHORS)) audit.anchor(toAnchor(row));
  for (const row of database.iterate(LEASES)) audit.lease(row as unknown as AuditedLease);
  const names = new Map<number, readonly [string, number]>();
  for (const row of database.iterate(PERIODS)) {
    names.set(row['id'] as number, [row['budget'] as string, row['period'] as number]);
    audit.period(row as unknown as PeriodRecord);
  }
  for (const row of database.iterate(ROWS)) {
    const reserves = decode(names, row['reserves'] as string);
    audit.row({ ...(row as unknown as AuditedRow), settled: row['settled'] === 1, reserves });
  }
  for (const { kind, rows } of database.iterate(ORPHANS))
    if (rows !== 0)
      audit.problem(`${kind}: ${rows} rows refer to a journal, period or subject that does not exist`);
  const { held, marked } = database.get(RESOURCES) ?? {};
  if (held !== marked)
    audit.problem(`resources: rows hold ${held} resource ids, but the index knows ${marked}`);
}

/** Reserves with the names of their periods; null when the text is not what we write. */
function decode(names: ReadonlyMap<number, readonly [string, number]>, text: string): unknown {
  try {
    const pairs = JSON.parse(text) as [number, number][];
    return pairs.map(([id, amount]) => [names.get(id)?.[0], names.get(id)?.[1], amount]);
  } catch {
    return null;
  }
}

function toAnchor(row: Row) {
  return {
    node: row['node'] as string,
    epoch: row['epoch'] as number,
    position: row['position'] as number,
    head: row['head'] as string,
  };
}
