import { createAudit, type Audit } from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import { toFault } from './faults.ts';
import type { Database } from './database.ts';

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
  for (const { query, take } of audit.steps()) for (const row of database.iterate(query)) take(row as never);
  for (const row of database.iterate(ORPHANS)) audit.orphans(row['kind'] as string, row['rows'] as number);
  const resources = database.get(RESOURCES);
  audit.resources(resources?.['held'] as number, resources?.['marked'] as number);
}
