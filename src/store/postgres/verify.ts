import {
  createAudit,
  decodeReserves,
  type Audit,
  type AuditedAnchor,
  type AuditedLease,
  type AuditedLife,
  type AuditedRow,
} from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import type { PeriodRecord } from '../records.ts';
import { AUDITED } from '../select.ts';
import type { Database, Queries } from './database.ts';

const ROWS = `DECLARE audited NO SCROLL CURSOR FOR ${AUDITED.rows}`;

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
    for (const row of await queries.all(AUDITED.lives)) audit.life(row as unknown as AuditedLife);
    for (const row of await queries.all(AUDITED.anchors)) audit.anchor(row as unknown as AuditedAnchor);
    for (const row of await queries.all(AUDITED.leases)) audit.lease(row as unknown as AuditedLease);
    await feedRows(queries, audit);
    for (const row of await queries.all(ORPHANS)) audit.orphans(row['kind'] as string, row['rows'] as number);
    const resources = await queries.get(RESOURCES);
    audit.resources(resources?.['held'] as number, resources?.['marked'] as number);
    return audit.report();
  }, 'snapshot');
}

async function feedRows(queries: Queries, audit: Audit): Promise<void> {
  const names = new Map<number, readonly [string, number]>();
  for (const row of await queries.all(AUDITED.periods)) {
    names.set(row['id'] as number, [row['budget'] as string, row['period'] as number]);
    audit.period(row as unknown as PeriodRecord);
  }
  await queries.run(ROWS);
  for (;;) {
    const rows = await queries.all('FETCH 5000 FROM audited');
    if (rows.length === 0) break;
    for (const row of rows)
      audit.row({
        ...(row as unknown as AuditedRow),
        reserves: decodeReserves(names, row['reserves'] as string),
      });
  }
  await queries.run('CLOSE audited');
}
