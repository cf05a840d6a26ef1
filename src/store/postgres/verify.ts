import { createAudit, type Step } from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import type { Database, Queries } from './database.ts';

const ORPHANS = `
  SELECT 'ledger' AS kind, count(*) AS rows FROM ledger
  WHERE NOT EXISTS (SELECT 1 FROM life WHERE id = ledger.life)
    OR NOT EXISTS (SELECT 1 FROM subject WHERE id = ledger.subject)
  UNION ALL SELECT 'lease', count(*) FROM lease
  WHERE NOT EXISTS (SELECT 1 FROM life WHERE id = lease.life)
    OR NOT EXISTS (SELECT 1 FROM period WHERE id = lease.period_id)
  UNION ALL SELECT 'anchor', count(*) FROM anchor WHERE NOT EXISTS (SELECT 1 FROM life WHERE id = anchor.life)`;

const RESOURCES = `
  SELECT (SELECT coalesce(sum(json_array_length(resource_ids::json)), 0)::bigint FROM ledger) AS held,
    (SELECT count(*) FROM mark WHERE ledger > 0) AS marked`;

/** See `LedgerStore.verify`. Reads one snapshot beside all writers. */
export function verify(database: Database): Promise<LedgerVerification> {
  return database.transaction(async (queries) => {
    const audit = createAudit();
    for (const step of audit.steps()) await feed(queries, step);
    for (const row of await queries.all(ORPHANS)) audit.orphans(row['kind'] as string, row['rows'] as number);
    const resources = await queries.get(RESOURCES);
    audit.resources(resources?.['held'] as number, resources?.['marked'] as number);
    return audit.report();
  }, 'snapshot');
}

async function feed(queries: Queries, { query, take }: Step): Promise<void> {
  await queries.run(`DECLARE audited NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const rows = await queries.all('FETCH 5000 FROM audited');
    if (rows.length === 0) break;
    for (const row of rows) take(row as never);
  }
  await queries.run('CLOSE audited');
}
