import { createAudit } from '../audit.ts';
import type { Audit, AuditedAnchor, AuditedLease, AuditedLife, AuditedRow } from '../audit.ts';
import type { LedgerVerification } from '../ports.ts';
import type { PeriodRecord } from '../records.ts';
import type { Database, Queries } from './database.ts';

const LIVES = 'SELECT node, epoch, position, head, closed IS NOT NULL AS closed FROM life';

const ANCHORS = `
  SELECT life.node, life.epoch, anchor.position, anchor.head FROM anchor JOIN life ON life.id = anchor.life`;

const LEASES = `
  SELECT period.budget, period.period, lease.remaining, lease.overdrawn, lease.state, life.node, life.epoch
  FROM lease JOIN life ON life.id = lease.life JOIN period ON period.id = lease.period_id`;

const PERIODS = 'SELECT id, budget, period, spent, leased, presumed FROM period';

const ROWS = `
  DECLARE audited NO SCROLL CURSOR FOR
  SELECT life.node, life.epoch, ledger.position, subject.currency, ledger.bound, ledger.amount, ledger.state,
    ledger.settled, ledger.reserves
  FROM ledger JOIN life ON life.id = ledger.life JOIN subject ON subject.id = ledger.subject`;

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
    for (const row of await queries.all(LIVES)) audit.life(row as unknown as AuditedLife);
    for (const row of await queries.all(ANCHORS)) audit.anchor(row as unknown as AuditedAnchor);
    for (const row of await queries.all(LEASES)) audit.lease(row as unknown as AuditedLease);
    await feedRows(queries, audit);
    for (const { kind, rows } of await queries.all(ORPHANS))
      if (rows !== 0)
        audit.problem(`${kind}: ${rows} rows refer to a journal, period or subject that does not exist`);
    const { held, marked } = (await queries.get(RESOURCES)) ?? {};
    if (held !== marked)
      audit.problem(`resources: rows hold ${held} resource ids, but the index knows ${marked}`);
    return audit.report();
  }, 'snapshot');
}

type Name = readonly [budget: string, period: number];

async function feedRows(queries: Queries, audit: Audit): Promise<void> {
  const names = new Map<number, Name>();
  for (const row of await queries.all(PERIODS)) {
    names.set(row['id'] as number, [row['budget'] as string, row['period'] as number]);
    audit.period(row as unknown as PeriodRecord);
  }
  await queries.run(ROWS);
  for (;;) {
    const rows = await queries.all('FETCH 5000 FROM audited');
    if (rows.length === 0) break;
    for (const row of rows)
      audit.row({ ...(row as unknown as AuditedRow), reserves: decode(names, row['reserves'] as string) });
  }
  await queries.run('CLOSE audited');
}

/** Reserves with the names of their periods; null when the text is not what we write. */
function decode(names: ReadonlyMap<number, Name>, text: string): unknown {
  try {
    const pairs = JSON.parse(text) as [number, number][];
    return pairs.map(([id, amount]) => [names.get(id)?.[0], names.get(id)?.[1], amount]);
  } catch {
    return null;
  }
}
