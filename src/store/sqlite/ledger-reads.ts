import { checkLimit } from '../grants.ts';
import type { LedgerFilter } from '../ports.ts';
import type { LedgerRecord } from '../records.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import { IN_STATE, ROW_COLUMNS, ROW_JOINS, where } from '../select.ts';
import { appTerm, keyTerm, RELEASED_TERM, resourceTerm, RUN } from '../terms.ts';
import type { Database, Value } from './database.ts';
import type { Context } from './leases.ts';
import { termBytes } from './marks.ts';
import { ROW_GET } from './money-sql.ts';
import { toLedgerRecord } from './rows.ts';

const PENDING = {
  late: `${IN_STATE.committed} AND ledger.settled = 0`,
  unknown: IN_STATE.unknown,
} as const;

export function pending(
  { database, periods }: Context,
  kind: 'late' | 'unknown',
  limit: number,
  after: JournalPoint | null = null,
): LedgerRecord[] {
  checkLimit(limit);
  const query = `SELECT ${ROW_COLUMNS} ${ROW_JOINS} WHERE ${PENDING[kind]} AND ledger.id > ? ORDER BY ledger.id LIMIT ?`;
  const place =
    after === null ? undefined : database.get(ROW_GET, after.node, after.epoch, after.position)?.['id'];
  return database.all(query, place ?? 0, limit).map((row) => toLedgerRecord(row, periods));
}

/** Newest first. Filters by key, app or `released` go through the coarse index, run by run. */
export function list({ database, periods }: Context, options: LedgerFilter): LedgerRecord[] {
  checkLimit(options.limit);
  const end = endOf(database, options);
  const filter = toFilter(options, end);
  if (filter.terms.length === 0) {
    const query = `SELECT ${ROW_COLUMNS} ${ROW_JOINS} ${where(filter.conditions)} ORDER BY ledger.id DESC LIMIT ?`;
    return database.all(query, ...filter.values, options.limit).map((row) => toLedgerRecord(row, periods));
  }
  const inRun = where([...filter.conditions, 'ledger.id >= ?', 'ledger.id < ?']);
  const query = `SELECT ${ROW_COLUMNS} ${ROW_JOINS} ${inRun} ORDER BY ledger.id DESC LIMIT ?`;
  const found: LedgerRecord[] = [];
  for (const run of runsWith(database, filter.terms)) {
    if (found.length >= options.limit) break;
    if (run * RUN >= end) continue;
    const values = [...filter.values, run * RUN, (run + 1) * RUN, options.limit - found.length];
    for (const row of database.all(query, ...values)) found.push(toLedgerRecord(row, periods));
  }
  return found;
}

interface Filter {
  readonly conditions: readonly string[];
  readonly values: readonly Value[];
  readonly terms: readonly number[];
}

/** Only rows with a smaller id are listed. 0, so none, if the row that they should come before does not exist. */
function endOf(database: Database, { before }: LedgerFilter): number {
  if (before === undefined) return Number.MAX_SAFE_INTEGER;
  const row = database.get(ROW_GET, before.node, before.epoch, before.position);
  return (row?.['id'] as number | undefined) ?? 0;
}

function toFilter({ key, app, account, action, state }: LedgerFilter, end: number): Filter {
  const conditions = [`ledger.id < ${end}`];
  const values: Value[] = [];
  const terms: number[] = [];
  if (key !== undefined) {
    conditions.push('subject.key = ?');
    values.push(key);
    terms.push(keyTerm(key));
  }
  if (app !== undefined) {
    conditions.push('subject.app = ?');
    values.push(app);
    terms.push(appTerm(app));
  }
  for (const [column, value] of Object.entries({ account, action })) {
    if (value === undefined) continue;
    conditions.push(`subject.${column} = ?`);
    values.push(value);
  }
  if (state !== undefined) conditions.push(IN_STATE[state]);
  if (state === 'released') terms.push(RELEASED_TERM);
  return { conditions, values, terms };
}

/** Runs that have all the terms, newest first: a look into some KB, or an index probe, for each 1,024 rows. */
function* runsWith(database: Database, terms: readonly number[]): Iterable<number> {
  const query = `${RUNS} SELECT run FROM runs WHERE ${terms.map(() => HAS_TERM).join(' AND ')}`;
  const values = terms.flatMap((term) => [termBytes([term]), term]);
  for (const row of database.iterate(query, ...values)) yield row['run'] as number;
}

/** Bytes that are found between two terms lead to a run in vain, which changes nothing. */
const HAS_TERM = `(
  EXISTS (
    SELECT 1 FROM run_terms
    WHERE ledger >= runs.run * ${RUN} AND ledger < (runs.run + 1) * ${RUN} AND instr(terms, ?) > 0
  )
  OR EXISTS (SELECT 1 FROM mark WHERE mark.run = runs.run AND mark.term = ?)
)`;

const RUNS = `
  WITH RECURSIVE runs (run) AS (
    SELECT max(id) / ${RUN} FROM ledger
    UNION ALL
    SELECT run - 1 FROM runs WHERE run > 0
  )`;

const CANDIDATES = `
  ${RUNS}
  SELECT ledger.resource_ids FROM runs
  JOIN mark ON mark.run = runs.run AND mark.term = ?
  JOIN ledger ON ledger.id = mark.ledger
  JOIN subject ON subject.id = ledger.subject
  WHERE subject.account = ?`;

export function hasResource(database: Database, account: string, resourceId: string): boolean {
  for (const row of database.iterate(CANDIDATES, resourceTerm(account, resourceId), account))
    if ((JSON.parse(row['resource_ids'] as string) as string[]).includes(resourceId)) return true;
  return false;
}
