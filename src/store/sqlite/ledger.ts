import { RingfenceError } from '../../kernel/errors.ts';
import { checkNoGap, LEDGER_STATES, NUMBERS, plannedMovements, TEXTS, type LoadPlan } from '../load-plan.ts';
import { createMovements, type Movements } from '../movements.ts';
import { applyOutcome, checkNothingLost, settleable, type Accounted, type Origin } from '../outcome.ts';
import type { LedgerOutcome } from '../ports.ts';
import type { LedgerRecord } from '../records.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import { RELEASED_TERM, resourceTerm } from '../terms.ts';
import { addToLease, addToPeriod, type Context as MoneyContext } from './leases.ts';
import { advance, checkHead, ensureLife, type Life } from './lives.ts';
import { createMarks, type Marks } from './marks.ts';
import * as sql from './money-sql.ts';
import { toStoredRow, type StoredRow } from './rows.ts';
import { createSubjects, type Subjects } from './subjects.ts';

/** The writing half of the ledger. Every function runs inside a transaction of its caller. */
export interface Ledger {
  /** Carries out a plan; null when done, or the cursor's position when the plan must be made again from there. */
  load(plan: LoadPlan): number | null;
  settle(outcome: LedgerOutcome): void;
  forget(): void;
}

interface Context extends MoneyContext {
  readonly subjects: Subjects;
  readonly marks: Marks;
}

export function createLedger({ database, periods }: MoneyContext): Ledger {
  const context = { database, periods, subjects: createSubjects(database), marks: createMarks(database) };
  return {
    load: (plan) => load(context, plan),
    settle: (outcome) => settle(context, outcome),
    forget() {
      context.periods.forget();
      context.subjects.forget();
      context.marks.forget();
    },
  };
}

function load(context: Context, plan: LoadPlan): number | null {
  const { database } = context;
  const life = ensureLife(database, plan.node, plan.epoch);
  checkNoGap(plan, life.position);
  if (plan.to <= life.position) {
    checkHead(database, life, plan.to, plan.head);
    return null;
  }
  if (plan.from < life.position) return life.position;
  const movements = plannedMovements(plan);
  const numbers = movements.list.map(({ budget, period }) => context.periods.ensure(budget, period));
  insertRows(context, { plan, life: life.id, periods: numbers });
  for (const outcome of plan.earlier) applyEarlier(context, movements, outcome, plan);
  applyMovements(context, movements, life);
  advance(database, life, plan.to, plan.head);
  if (life.closed) database.run(sql.ROWS_TO_UNKNOWN, life.id);
  return null;
}

interface Insertion {
  readonly plan: LoadPlan;
  readonly life: number;
  /** Number of the period of each movement. */
  readonly periods: readonly number[];
}

function insertRows({ database, subjects, marks }: Context, { plan, life, periods }: Insertion): void {
  const insert = database.prepare(sql.ROW_INSERT);
  const first = (database.get(sql.ROW_LAST)?.['id'] as number) + 1;
  const interned = plan.subjects.map((content) => subjects.intern(content));
  const { numbers, texts, reserves } = plan;
  // '[[1,20],[2,30]]' is written as the pieces '],[1,' 20 '],[2,' 30 and trimmed.
  const prefixes = periods.map((id) => `],[${id},`);
  let pair = 0;
  for (let index = 0; index < plan.rows; index++) {
    const id = first + index;
    const at = index * NUMBERS;
    const subject = interned[numbers[at + 2] as number];
    const state = LEDGER_STATES[numbers[at + 5] as number];
    let text = '';
    for (const end = pair + 2 * (numbers[at + 7] as number); pair < end; pair += 2)
      text += (prefixes[reserves[pair] as number] as string) + reserves[pair + 1];
    if (subject === undefined || state === undefined)
      throw new RingfenceError('internal', 'A load plan is not whole');
    insert.run(
      id,
      life,
      numbers[at] as number,
      numbers[at + 1] as number,
      subject.id,
      numbers[at + 3] as number,
      numbers[at + 4] as number,
      state,
      numbers[at + 6] as number,
      text === '' ? '[]' : '[' + text.slice(2) + ']]',
      texts[index * TEXTS] as string,
      texts[index * TEXTS + 1] as string,
    );
    for (const term of subject.terms) marks.added(term, id);
    if (state === 'released') marks.added(RELEASED_TERM, id);
  }
  marks.flush();
  for (let at = 0; at < plan.resources.length; at += 2)
    marks.resource(plan.resources[at + 1] as number, first + (plan.resources[at] as number));
}

function applyMovements({ database, periods }: Context, movements: Movements, life: Life): void {
  for (const { budget, period, spent, lease } of movements.list) {
    const id = periods.ensure(budget, period);
    const { leased, presumed } = addToLease(database, id, life, lease);
    addToPeriod(database, id, { spent, leased, presumed });
  }
}

function applyEarlier(
  context: Context,
  movements: Movements,
  outcome: LedgerOutcome,
  { node, epoch }: LoadPlan,
): void {
  const own = outcome.of.node === node && outcome.of.epoch === epoch;
  const row = getRow(context, outcome.of);
  if (row !== null) change(context, { movements, row, outcome, origin: own ? 'journal' : 'outside' });
  else checkNothingLost(outcome);
}

function settle(context: Context, outcome: LedgerOutcome): void {
  const row = settleable(getRow(context, outcome.of), outcome.of);
  const movements = createMovements();
  change(context, { movements, row, outcome, origin: 'outside' });
  for (const { budget, period, spent } of movements.list)
    addToPeriod(context.database, context.periods.ensure(budget, period), { spent, leased: 0, presumed: 0 });
}

interface Change {
  readonly movements: Movements;
  readonly row: StoredRow;
  readonly outcome: LedgerOutcome;
  readonly origin: Origin;
}

function change(context: Context, { movements, row, outcome, origin }: Change): void {
  const { record } = row;
  const next = applyOutcome(record, outcome, origin);
  if (next === null) return;
  movements.change(record.reserves, next.reserves, origin === 'journal');
  writeChange(context, row.id, next);
  for (const id of next.resourceIds)
    if (!record.resourceIds.includes(id)) context.marks.resource(resourceTerm(record.account, id), row.id);
  if (next.state === 'released') context.marks.changed(RELEASED_TERM, row.id);
}

function writeChange({ database, periods }: Context, id: number, next: Accounted): void {
  database.run(
    sql.ROW_CHANGE,
    next.amount,
    next.state,
    next.settled ? 1 : 0,
    next.atBound === true ? 1 : 0,
    periods.encode(next.reserves),
    JSON.stringify(next.resourceIds),
    id,
  );
}

function getRow(
  { database, periods }: MoneyContext,
  { node, epoch, position }: JournalPoint,
): StoredRow | null {
  const row = database.get(sql.ROW_GET, node, epoch, position);
  return row === undefined ? null : toStoredRow(row, periods);
}

export function getRecord(context: MoneyContext, point: JournalPoint): LedgerRecord | null {
  return getRow(context, point)?.record ?? null;
}
