import type { JournalPoint } from '../../kernel/point.ts';
import { checkLimit } from '../grants.ts';
import type { LedgerFilter } from '../ports.ts';
import { IN_STATE, ROW_COLUMNS, ROW_JOINS, where } from '../select.ts';
import { appTerm, keyTerm, RELEASED_TERM, resourceTerm, RUN } from '../terms.ts';
import type { Row, Value } from './database.ts';
import type { Context } from './leases.ts';
import * as sql from './money-sql.ts';

const PENDING = {
  late: `${IN_STATE.committed} AND NOT ledger.settled`,
  unknown: IN_STATE.unknown,
} as const;

const SELECT = `SELECT ${ROW_COLUMNS} ${ROW_JOINS}`;

/** See `LedgerStore.pending`. */
export async function pending(
  { database }: Context,
  kind: keyof typeof PENDING,
  limit: number,
  after: JournalPoint | null = null,
): Promise<readonly Row[]> {
  checkLimit(limit);
  const row =
    after === null ? undefined : await database.get(sql.ROW_GET, after.node, after.epoch, after.position);
  const query = `${SELECT} WHERE ${PENDING[kind]} AND ledger.id > $1 ORDER BY ledger.id LIMIT $2`;
  return database.all(query, row?.['id'] ?? 0, limit);
}

/** Run by run, newest first, as in `sqlite/ledger-reads.ts`. */
export async function list({ database }: Context, options: LedgerFilter): Promise<Row[]> {
  checkLimit(options.limit);
  const { key, app, account, action, state } = options;
  const end = await endOf(database, options);
  const values: Value[] = [];
  const conditions = [`ledger.id < ${end}`];
  const terms: number[] = [];
  if (key !== undefined) conditions.push(`subject.key = $${values.push(key)}`);
  if (app !== undefined) conditions.push(`subject.app = $${values.push(app)}`);
  if (account !== undefined) conditions.push(`subject.account = $${values.push(account)}`);
  if (action !== undefined) conditions.push(`subject.action = $${values.push(action)}`);
  if (key !== undefined) terms.push(keyTerm(key));
  if (app !== undefined) terms.push(appTerm(app));
  if (state !== undefined) conditions.push(IN_STATE[state]);
  if (state === 'released') terms.push(RELEASED_TERM);
  const order = 'ORDER BY ledger.id DESC LIMIT';
  if (terms.length === 0) {
    const query = `${SELECT} ${where(conditions)} ${order} $${values.length + 1}`;
    return [...(await database.all(query, ...values, options.limit))];
  }
  const range = [`ledger.id >= $${values.length + 1}`, `ledger.id < $${values.length + 2}`];
  const query = `${SELECT} ${where([...conditions, ...range])} ${order} $${values.length + 3}`;
  const found: Row[] = [];
  for (const run of await runsWith(database, terms)) {
    if (found.length >= options.limit) break;
    if (run * RUN >= end) continue;
    const rest = options.limit - found.length;
    found.push(...(await database.all(query, ...values, run * RUN, (run + 1) * RUN, rest)));
  }
  return found;
}

/** As in `sqlite/ledger-reads.ts`. */
async function endOf(database: Context['database'], { before }: LedgerFilter): Promise<number> {
  if (before === undefined) return Number.MAX_SAFE_INTEGER;
  const row = await database.get(sql.ROW_GET, before.node, before.epoch, before.position);
  return (row?.['id'] as number | undefined) ?? 0;
}

async function runsWith(database: Context['database'], terms: readonly number[]): Promise<number[]> {
  const tests = terms.map(
    (_, index) => `(SELECT true FROM mark WHERE mark.run = runs.run AND mark.term = $${index + 1} LIMIT 1)`,
  );
  const rows = await database.all(
    `${RUNS} SELECT run FROM runs WHERE ${tests.join(' AND ')} ORDER BY run DESC`,
    ...terms,
  );
  return rows.map((row) => row['run'] as number);
}

/** Probed one by one: LIMIT and OFFSET below keep the planner from reading the whole index instead. */
const RUNS = `
  WITH runs AS (
    SELECT run FROM generate_series(0, (SELECT coalesce(max(id), 0) / ${RUN} FROM ledger)) AS all_runs (run)
  )`;

const CANDIDATES = `
  ${RUNS}
  SELECT ledger.resource_ids FROM runs
  CROSS JOIN LATERAL (SELECT ledger FROM mark WHERE run = runs.run AND term = $1 OFFSET 0) AS found
  JOIN ledger ON ledger.id = found.ledger
  JOIN subject ON subject.id = ledger.subject
  WHERE subject.account = $2`;

export async function hasResource(
  { database }: Context,
  account: string,
  resourceId: string,
): Promise<boolean> {
  const rows = await database.all(CANDIDATES, resourceTerm(account, resourceId), account);
  return rows.some((row) => (JSON.parse(row['resource_ids'] as string) as string[]).includes(resourceId));
}
