import {
  checkNoGap,
  LEDGER_STATES,
  type LoadPlan,
  NUMBERS,
  planLoad,
  plannedMovements,
  TEXTS,
} from '../load-plan.ts';
import { createMovements, type Movements } from '../movements.ts';
import { applyOutcome, checkNothingLost, type Origin, settleable } from '../outcome.ts';
import type { LedgerBatch, LedgerOutcome } from '../ports.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import { appTerm, keyTerm, RELEASED_TERM, resourceTerm, RUN } from '../terms.ts';
import type { Queries } from './database.ts';
import { type Change, type Context, move } from './leases.ts';
import { advance, checkHead, ensureLife, type Life } from './lives.ts';
import * as sql from './money-sql.ts';
import { type StoredRow, toStoredRows } from './rows.ts';

/** Plans as if the cursor stood at the start of the batch; when part of it is loaded already, plans again from there. */
export async function load(context: Context, batch: LedgerBatch): Promise<void> {
  let from: number | null = batch.from;
  while (from !== null) from = await loadPlan(context, planLoad(batch, from));
}

/** What a plan's indexes stand for. */
interface Numbered {
  readonly plan: LoadPlan;
  readonly subjects: readonly number[];
  readonly periods: readonly number[];
}

async function loadPlan(context: Context, plan: LoadPlan): Promise<number | null> {
  const { database } = context;
  const movements = plannedMovements(plan);
  const numbered = await number(context, plan, movements);
  return database.transaction(async (queries) => {
    const { names } = context;
    const life = await ensureLife({ queries, names }, sql.LIFE_FOR_LOAD, plan.node, plan.epoch);
    checkNoGap(plan, life.position);
    if (plan.to <= life.position) {
      await checkHead(queries, life, plan.to, plan.head);
      return null;
    }
    if (plan.from < life.position) return life.position;
    // A retry must start from the plan's own sums, so each attempt adds to a fresh copy.
    await apply({ context, queries, life, numbered, movements: plannedMovements(plan) });
    return null;
  });
}

interface Attempt {
  readonly context: Context;
  readonly queries: Queries;
  readonly life: Life;
  readonly numbered: Numbered;
  readonly movements: Movements;
}

async function apply({ context, queries, life, numbered, movements }: Attempt): Promise<void> {
  const { plan } = numbered;
  if (plan.rows > 0) await insertRows(queries, numbered, life);
  for (const outcome of plan.earlier) await applyEarlier({ context, queries, movements }, outcome, plan);
  await move(queries, life, await toChanges(context, movements));
  await advance(queries, life, plan.to, plan.head);
  if (life.closed) await queries.run(sql.ROWS_TO_UNKNOWN, life.id);
}

async function number({ names }: Context, plan: LoadPlan, movements: Movements): Promise<Numbered> {
  const subjects: number[] = [];
  for (const content of plan.subjects) subjects.push(await names.subject(content));
  const periods: number[] = [];
  for (const { budget, period } of movements.list) periods.push(await names.period(budget, period));
  return { plan, subjects, periods };
}

async function toChanges({ names }: Context, movements: Movements): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { budget, period, spent, lease } of movements.list)
    changes.push({ period: await names.period(budget, period), spent, lease });
  return changes.toSorted((a, b) => a.period - b.period);
}

async function insertRows(
  queries: Queries,
  { plan, subjects, periods }: Numbered,
  life: Life,
): Promise<void> {
  const ids = (await queries.all(sql.ROW_IDS, plan.rows)).map((row) => row['id'] as number);
  const numbers = (index: number) => ids.map((_, row) => plan.numbers[row * NUMBERS + index] as number);
  const texts = (index: number) => ids.map((_, row) => plan.texts[row * TEXTS + index] as string);
  await queries.run(
    sql.ROWS_INSERT,
    life.id,
    ids,
    numbers(0),
    numbers(1),
    numbers(2).map((index) => subjects[index] as number),
    numbers(3),
    numbers(4),
    numbers(5).map((index) => LEDGER_STATES[index] as string),
    numbers(6),
    reserveTexts(plan, periods),
    texts(0),
    texts(1),
  );
  await insertMarks(queries, plan, ids);
}

function reserveTexts(plan: LoadPlan, periods: readonly number[]): string[] {
  let pair = 0;
  return Array.from({ length: plan.rows }, (_, row) => {
    const pairs: [number, number][] = [];
    for (const end = pair + 2 * (plan.numbers[row * NUMBERS + 7] as number); pair < end; pair += 2)
      pairs.push([periods[plan.reserves[pair] as number] as number, plan.reserves[pair + 1] as number]);
    return JSON.stringify(pairs);
  });
}

type Mark = readonly [run: number, term: number, ledger: number];

async function insertMarks(queries: Queries, plan: LoadPlan, ids: readonly number[]): Promise<void> {
  const runs = [...new Set(ids.map(runOf))];
  const terms = plan.subjects.flatMap((content) => {
    const [key, app] = JSON.parse(content) as [string, string];
    return [keyTerm(key), appTerm(app)];
  });
  const marks: Mark[] = [...new Set(terms)].flatMap((term) => runs.map((run): Mark => [run, term, 0]));
  ids.forEach((id, row) => {
    if (LEDGER_STATES[plan.numbers[row * NUMBERS + 5] as number] === 'released')
      marks.push([runOf(id), RELEASED_TERM, 0]);
  });
  for (let at = 0; at < plan.resources.length; at += 2) {
    const id = ids[plan.resources[at] as number] as number;
    marks.push([runOf(id), plan.resources[at + 1] as number, id]);
  }
  await writeMarks(queries, marks);
}

function runOf(id: number): number {
  return Math.floor(id / RUN);
}

async function writeMarks(queries: Queries, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return;
  const column = (index: 0 | 1 | 2) => marks.map((mark) => mark[index]);
  await queries.run(sql.MARKS_INSERT, column(0), column(1), column(2));
}

interface Changing {
  readonly context: Context;
  readonly queries: Queries;
  readonly movements: Movements;
}

async function applyEarlier(
  changing: Changing,
  outcome: LedgerOutcome,
  { node, epoch }: LoadPlan,
): Promise<void> {
  const own = outcome.of.node === node && outcome.of.epoch === epoch;
  const row = await getRow(changing, outcome.of);
  if (row !== null) return change(changing, row, outcome, own ? 'journal' : 'outside');
  checkNothingLost(outcome);
}

/** See `LedgerStore.settle`. */
export async function settle(context: Context, outcome: LedgerOutcome): Promise<void> {
  await context.database.transaction(async (queries) => {
    const changing = { context, queries, movements: createMovements() };
    const row = settleable(await getRow(changing, outcome.of), outcome.of);
    await change(changing, row, outcome, 'outside');
    await move(queries, null, await toChanges(context, changing.movements));
  });
}

async function change(
  { context, queries, movements }: Changing,
  row: StoredRow,
  outcome: LedgerOutcome,
  origin: Origin,
): Promise<void> {
  const { record, id } = row;
  const next = applyOutcome(record, outcome, origin);
  if (next === null) return;
  movements.change(record.reserves, next.reserves, origin === 'journal');
  await queries.run(
    sql.ROW_CHANGE,
    next.amount,
    next.state,
    next.settled,
    next.atBound === true,
    await context.names.encode(next.reserves),
    JSON.stringify(next.resourceIds),
    id,
  );
  const added = next.resourceIds.filter((one) => !record.resourceIds.includes(one));
  const marks = added.map((one): Mark => [runOf(id), resourceTerm(record.account, one), id]);
  await writeMarks(queries, next.state === 'released' ? [...marks, [runOf(id), RELEASED_TERM, 0]] : marks);
}

async function getRow({ context, queries }: Changing, of: JournalPoint): Promise<StoredRow | null> {
  const row = await queries.get(sql.ROW_FOR_CHANGE, of.node, of.epoch, of.position);
  return row === undefined ? null : ((await toStoredRows(context.names, [row]))[0] ?? null);
}
