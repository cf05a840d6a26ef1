import assert from 'node:assert/strict';
import type { LedgerOutcome, Store } from '../../src/store/ports.ts';
import type { LedgerRecord, Reserve } from '../../src/store/records.ts';
import { headAt, money, row } from '../contract/store-builders.ts';

/** A budget period as the model knows it. */
export interface Slice {
  readonly budget: string;
  readonly period: number;
}

/** `day` has one period, `hour` slides over two. */
export const SLICES: readonly Slice[] = [
  { budget: 'day', period: 0 },
  { budget: 'hour', period: 0 },
  { budget: 'hour', period: 60 },
];

type Entry =
  | { readonly kind: 'row'; readonly record: LedgerRecord }
  | { readonly kind: 'outcome'; readonly outcome: LedgerOutcome }
  | { readonly kind: 'other' };

/** A process: what it holds, what it wrote into its journal, and how much of that was shipped. */
interface Process {
  readonly node: string;
  readonly epoch: number;
  readonly free: number[];
  readonly lease: number[];
  readonly journal: Entry[];
  readonly waiting: number[];
  shipped: number;
}

interface ModelRow {
  state: LedgerRecord['state'];
  settled: boolean;
  readonly bound: number;
  /** Indexes of the slices that it reserved, in order. */
  readonly slices: readonly number[];
  /** What stands against each slice. */
  reserves: number[];
}

export interface Model {
  readonly store: Store;
  readonly processes: Process[];
  readonly rows: Map<string, ModelRow>;
  readonly presumed: number[];
  readonly limits: Map<string, number>;
  /** Budgets whose limit no longer bounds the sums: an overrun was booked or the limit lowered. */
  readonly unbounded: Set<string>;
}

export const LIMIT = 1_000;

export function createModel(store: Store): Model {
  return {
    store,
    processes: ['w0', 'w1', 'w2'].map((node) => newProcess(node, 1)),
    rows: new Map(),
    presumed: SLICES.map(() => 0),
    limits: new Map([
      ['day', LIMIT],
      ['hour', LIMIT / 2],
    ]),
    unbounded: new Set(),
  };
}

function newProcess(node: string, epoch: number): Process {
  return {
    node,
    epoch,
    free: SLICES.map(() => 0),
    lease: SLICES.map(() => 0),
    journal: [],
    waiting: [],
    shipped: 0,
  };
}

/** One step of a run; `a`, `b`, `c` choose among what exists. */
export interface Step {
  readonly act: keyof typeof ACTS;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

export const ACTS = {
  async grant(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const index = b % SLICES.length;
    const { budget, period } = pick(SLICES, index);
    const limit = model.limits.get(budget) ?? 0;
    const room = Math.max(0, limit - total(model, budget));
    const [need, want] = [money(c % 40), money((c % 40) + (b % 200))];
    const granted = room >= need ? Math.min(want, room) : 0;
    const { node, epoch } = process;
    const answer = await model.store.leases.grant({
      budget,
      period,
      since: 0,
      limit: money(limit),
      node,
      epoch,
      need,
      want,
    });
    assert.deepEqual(answer, { granted, left: room - granted });
    add(process.free, index, granted);
    add(process.lease, index, granted);
  },

  async spend(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const amount = 1 + (c % 30);
    const affordable = [[0], [1], [2], [0, 1], [0, 2], [0, 1, 2]].filter((indexes) =>
      indexes.every((index) => (process.free[index] ?? 0) >= amount),
    );
    if (affordable.length === 0) return;
    const indexes = pick(affordable, b);
    for (const index of indexes) add(process.free, index, -amount);
    const reserves = indexes.map((index) => toReserve(index, amount));
    const position = process.journal.length;
    const { node, epoch } = process;
    process.journal.push({
      kind: 'row',
      record: row(position, { node, epoch, bound: money(amount), reserves }),
    });
    process.waiting.push(position);
  },

  async finish(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const position = process.waiting.splice(b % Math.max(1, process.waiting.length), 1)[0];
    if (position === undefined) return;
    const entry = process.journal[position];
    if (entry?.kind !== 'row') throw new Error('no row');
    const outcome = makeOutcome(model, entry.record, c);
    for (const [place, [budget, period, amount]] of entry.record.reserves.entries()) {
      const saved = outcome.state === 'unknown' ? 0 : amount - (outcome.spent[place] ?? 0);
      if (saved > 0) add(process.free, indexOf(budget, period), saved);
    }
    process.journal.push({ kind: 'outcome', outcome: { ...outcome, position: process.journal.length } });
  },

  async other(model: Model, { a }: Step) {
    pick(model.processes, a).journal.push({ kind: 'other' });
  },

  async ship(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const from = Math.max(0, process.shipped - (c % 4));
    await ship(model, process, from, Math.min(process.journal.length, process.shipped + 1 + (b % 4)));
  },

  async shipAgain(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const to = b % (process.shipped + 1);
    const before = await model.store.ledger.list({ limit: 1_000 });
    await ship(model, process, c % (to + 1), to);
    assert.deepEqual(await model.store.ledger.list({ limit: 1_000 }), before);
  },

  async giveBack(model: Model, { a, b, c }: Step) {
    const process = pick(model.processes, a);
    const index = b % SLICES.length;
    const amount = c % ((process.free[index] ?? 0) + 1);
    if (amount === 0) return;
    const { node, epoch } = process;
    const position = process.journal.length;
    const giveBack = () =>
      model.store.leases.giveBack({ ...pick(SLICES, index), node, epoch }, money(amount), position);
    add(process.free, index, -amount);
    if (process.shipped < position) await assert.rejects(giveBack(), { code: 'conflict' });
    await ship(model, process, process.shipped, position);
    await giveBack();
    add(process.lease, index, -amount);
  },

  async kill(model: Model, { a, b }: Step) {
    const index = a % model.processes.length;
    const process = pick(model.processes, index);
    const rest = b % 2 === 0 ? 'free' : 'presume';
    await ship(model, process, process.shipped, process.journal.length);
    for (let time = 0; time <= b % 3; time++)
      await model.store.leases.close(process.node, process.epoch, rest);
    if (rest === 'presume') process.lease.forEach((amount, slice) => add(model.presumed, slice, amount));
    for (const [name, known] of model.rows)
      if (name.startsWith(`${process.node}-${process.epoch}-`) && known.state === 'reserved')
        known.state = 'unknown';
    model.processes[index] = newProcess(process.node, process.epoch + 1);
  },

  async settle(model: Model, { a, b, c }: Step) {
    const rows = await model.store.ledger.pending(a % 2 === 0 ? 'late' : 'unknown', 100);
    if (rows.length === 0) return;
    const record = pick(rows, b);
    const known = model.rows.get(id(record));
    assert.ok(known !== undefined);
    const outcome = makeOutcome(model, record, c);
    if (outcome.state === 'unknown') return;
    for (let time = 0; time <= a % 3; time++) await model.store.ledger.settle({ ...outcome, settled: true });
    applyToRow(known, { ...outcome, settled: true });
  },

  async lowerLimit(model: Model, { a, b }: Step) {
    const budget = pick(['day', 'hour'], a);
    model.limits.set(budget, b % LIMIT);
    model.unbounded.add(budget);
  },

  async forgive(model: Model, { a, b }: Step) {
    const index = a % SLICES.length;
    const amount = b % ((model.presumed[index] ?? 0) + 1);
    const { budget, period } = pick(SLICES, index);
    await model.store.leases.forgive(budget, period, money(amount));
    add(model.presumed, index, -amount);
  },
} satisfies Record<string, (model: Model, step: Step) => Promise<void>>;

/** After every step: verification is clean, the store's sums are the model's, and no limit is exceeded. */
export async function check(model: Model): Promise<void> {
  const verified = await model.store.ledger.verify();
  assert.deepEqual(verified.problems, []);
  assert.equal(verified.rows, model.rows.size);
  for (const [index, { budget, period }] of SLICES.entries()) {
    const stored = (await model.store.leases.periods(budget, 0)).find((one) => one.period === period);
    const { spent = 0, leased = 0, presumed = 0 } = stored ?? {};
    assert.deepEqual(
      { spent, leased, presumed },
      { spent: spentOf(model, index), leased: leasedOf(model, index), presumed: model.presumed[index] },
      `${budget}/${period}`,
    );
  }
  for (const [budget, limit] of model.limits)
    if (!model.unbounded.has(budget)) assert.ok(total(model, budget) <= limit, `${budget} exceeds its limit`);
}

async function ship(model: Model, process: Process, from: number, to: number): Promise<void> {
  const { node, epoch } = process;
  const entries = process.journal.slice(from, to);
  await model.store.ledger.load({
    node,
    epoch,
    from,
    to,
    head: headAt(to),
    rows: entries.flatMap((entry) => (entry.kind === 'row' ? [entry.record] : [])),
    outcomes: entries.flatMap((entry) => (entry.kind === 'outcome' ? [entry.outcome] : [])),
  });
  for (; process.shipped < to; process.shipped++)
    shipped(model, process, process.journal[process.shipped] as Entry);
}

function shipped(model: Model, process: Process, entry: Entry): void {
  if (entry.kind === 'row') {
    const { bound, reserves } = entry.record;
    const amounts = SLICES.map(({ budget, period }) => amountOf(reserves, budget, period));
    amounts.forEach((amount, index) => add(process.lease, index, -amount));
    const slices = reserves.map(([budget, period]) => indexOf(budget, period));
    model.rows.set(id(entry.record), { state: 'reserved', settled: false, bound, slices, reserves: amounts });
  }
  if (entry.kind === 'outcome') {
    const known = model.rows.get(id(entry.outcome.of));
    assert.ok(known !== undefined);
    const before = [...known.reserves];
    applyToRow(known, entry.outcome);
    before.forEach((amount, index) =>
      add(process.lease, index, Math.max(0, amount - (known.reserves[index] ?? 0))),
    );
  }
}

function applyToRow(known: ModelRow, outcome: LedgerOutcome): void {
  known.state = outcome.state;
  if (outcome.state === 'unknown') return;
  known.settled = outcome.settled;
  known.reserves = SLICES.map(() => 0);
  known.slices.forEach((index, place) => add(known.reserves, index, outcome.spent[place] ?? 0));
}

function makeOutcome(model: Model, record: LedgerRecord, choice: number): LedgerOutcome {
  const { node, epoch, position, bound } = record;
  const of = { node, epoch, position };
  const costing = (factor: number, settled: boolean): LedgerOutcome => ({
    of,
    state: 'committed',
    amount: money(Math.floor(bound * factor)),
    settled,
    spent: record.reserves.map(([, , amount]) => money(Math.floor(amount * factor))),
    resourceIds: [`resource ${node} ${epoch} ${position}`],
  });
  switch (choice % 6) {
    case 0:
      return costing(1, true);
    case 1:
      return costing(1, false);
    case 2:
      return costing(0.5, true);
    case 3:
      return { ...costing(0, true), state: 'released', spent: [], resourceIds: [] };
    case 4:
      return { ...costing(0, false), state: 'unknown', spent: [], resourceIds: [] };
    default:
      // One in twelve outcomes overruns: then the budgets it touches are no longer bounded.
      if (choice % 12 !== 5) return costing(0.9, false);
      for (const [budget] of record.reserves) model.unbounded.add(budget);
      return costing(3, true);
  }
}

function total(model: Model, budget: string): number {
  return SLICES.reduce(
    (sum, slice, index) =>
      slice.budget === budget
        ? sum + spentOf(model, index) + leasedOf(model, index) + (model.presumed[index] ?? 0)
        : sum,
    0,
  );
}

function spentOf(model: Model, index: number): number {
  return [...model.rows.values()].reduce((sum, known) => sum + (known.reserves[index] ?? 0), 0);
}

function leasedOf(model: Model, index: number): number {
  return model.processes.reduce((sum, process) => sum + (process.lease[index] ?? 0), 0);
}

function add(list: number[], index: number, amount: number): void {
  list[index] = (list[index] ?? 0) + amount;
}

function id({ node, epoch, position }: Pick<LedgerRecord, 'node' | 'epoch' | 'position'>): string {
  return `${node}-${epoch}-${position}`;
}

function toReserve(index: number, amount: number): Reserve {
  const { budget, period } = pick(SLICES, index);
  return [budget, period, money(amount)];
}

function indexOf(budget: string, period: number): number {
  return SLICES.findIndex((slice) => slice.budget === budget && slice.period === period);
}

function amountOf(reserves: readonly Reserve[], budget: string, period: number): number {
  return reserves.reduce((sum, one) => (one[0] === budget && one[1] === period ? sum + one[2] : sum), 0);
}
