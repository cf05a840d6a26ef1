import { createAudit, decodeReserves, type Audit, type AuditedLease, type AuditedRow } from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import type { PeriodRecord } from '../records.ts';
import { AUDITED } from '../select.ts';
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
  for (const row of database.iterate(AUDITED.lives))
    audit.life({ ...toAnchor(row), closed: row['closed'] === 1 });
  for (const row of database.iterate(AUDITED.anchors)) audit.anchor(toAnchor(row));
  for (const row of database.iterate(AUDITED.leases)) audit.lease(row as unknown as AuditedLease);
  const names = new Map<number, readonly [string, number]>();
  for (const row of database.iterate(AUDITED.periods)) {
    names.set(row['id'] as number, [row['budget'] as string, row['period'] as number]);
    audit.period(row as unknown as PeriodRecord);
  }
  for (const row of database.iterate(AUDITED.rows)) {
    const reserves = decodeReserves(names, row['reserves'] as string);
    audit.row({ ...(row as unknown as AuditedRow), settled: row['settled'] === 1, reserves });
  }
  for (const row of database.iterate(ORPHANS)) audit.orphans(row['kind'] as string, row['rows'] as number);
  const resources = database.get(RESOURCES);
  audit.resources(resources?.['held'] as number, resources?.['marked'] as number);
}

function toAnchor(row: Row) {
  return {
    node: row['node'] as string,
    epoch: row['epoch'] as number,
    position: row['position'] as number,
    head: row['head'] as string,
  };
}
