import { pointId } from '../kernel/point.ts';
import { micros } from '../kernel/money.ts';
import { LEDGER_STATES } from './load-plan.ts';
import { addExactly, createPeriodSums, FIRST, type PeriodSums } from './period-sums.ts';
import type { LedgerVerification } from './ports.ts';
import type { LeaseRecord, LedgerRecord, PeriodRecord } from './records.ts';
import { AUDITED } from './select.ts';

/** Recomputes the store's sums from rows and leases. Feed the `steps`, then ask for the report. */
export interface Audit {
  /** What to read, and who takes each row of it: in this order, each when the one before has been taken. */
  steps(): Iterable<Step>;
  problem(text: string): void;
  /** Rows of a table whose parent is missing: what is read with joins does not show them. */
  orphans(table: string, rows: number): void;
  /** Resource ids that the rows hold, and those that the index knows. */
  resources(held: number, marked: number): void;
  report(): LedgerVerification;
}

export interface Step {
  readonly query: string;
  /** Takes columns as the engine gives them. */
  readonly take: (row: never) => void;
}

type AuditedRow = Pick<
  LedgerRecord,
  'node' | 'epoch' | 'position' | 'currency' | 'bound' | 'amount' | 'state' | 'settled'
> & {
  readonly id: number;
  /** Text of the pairs of a period's number and an amount. */
  readonly reserves: string;
};

type AuditedLease = Omit<LeaseRecord, 'id'> & { readonly id: number; readonly overdrawn: number };

type AuditedPeriod = PeriodRecord & { readonly id: number };

interface AuditedLife extends AuditedAnchor {
  readonly closed: boolean | number;
}

interface AuditedAnchor {
  readonly node: string;
  readonly epoch: number;
  readonly position: number;
  readonly head: string;
}

/** Contradictions named at most; the count of the others is given. */
const NAMED = 1_000;

interface Highest {
  position: number;
  reserved: number;
  anchor: AuditedAnchor | null;
}

interface Total {
  readonly currency: string;
  readonly state: LedgerRecord['state'];
  amount: number;
  rows: number;
}

interface State {
  readonly problems: string[];
  unnamed: number;
  rows: number;
  periods: number;
  readonly sums: PeriodSums;
  readonly lives: Map<string, Highest>;
  readonly known: Map<string, AuditedLife>;
  readonly totals: Map<string, Total>;
}

export function createAudit(): Audit {
  const state: State = {
    problems: [],
    unnamed: 0,
    rows: 0,
    periods: 0,
    sums: createPeriodSums(),
    lives: new Map(),
    known: new Map(),
    totals: new Map(),
  };
  return {
    steps: () => steps(state),
    problem: (text) => addProblem(state, text),
    orphans(table, rows) {
      if (rows !== 0)
        addProblem(state, `${table}: ${rows} rows refer to a journal, period or subject that does not exist`);
    },
    resources(held, marked) {
      if (held !== marked)
        addProblem(state, `resources: rows hold ${held} resource ids, but the index knows ${marked}`);
    },
    report: () => report(state),
  };
}

function* steps(state: State): Iterable<Step> {
  const { sums } = state;
  yield { query: AUDITED.lives, take: (life) => addLife(state, life) };
  yield { query: AUDITED.anchors, take: (anchor) => addAnchor(state, anchor) };
  sums.expect(FIRST);
  yield { query: AUDITED.blocks, take: ({ block }: { readonly block: number }) => sums.expect(block) };
  for (const block of sums.blocks()) {
    sums.begin(block);
    yield { query: AUDITED.periodIds(block), take: ({ id }: { readonly id: number }) => sums.exists(id) };
    yield { query: AUDITED.leases(block), take: (lease) => addLease(state, lease) };
    const range = sums.rows(block);
    if (block === FIRST) yield { query: AUDITED.rows, take: (row) => addRow(state, row) };
    else if (range !== null)
      yield { query: AUDITED.rowsBetween(range), take: (row) => addReserves(state, row) };
    yield { query: AUDITED.periods(block), take: (period) => checkPeriod(state, period) };
  }
}

function addProblem(state: State, text: string): void {
  if (state.problems.length < NAMED) state.problems.push(text);
  else state.unnamed += 1;
}

function addLife(state: State, life: AuditedLife): void {
  state.known.set(`${life.node}-${life.epoch}`, life);
}

function addRow(state: State, row: AuditedRow): void {
  state.rows += 1;
  const problems = [...rowProblems(row), ...reserveProblems(row)];
  for (const problem of problems) addProblem(state, `row ${pointId(row)}: ${problem}`);
  addReserves(state, row);
  const highest = highestOf(state, row);
  highest.position = Math.max(highest.position, row.position);
  if (row.state === 'reserved') highest.reserved += 1;
  addTotal(state, row);
}

function rowProblems({ state, amount, bound, settled }: AuditedRow): string[] {
  const problems: string[] = [];
  if (!LEDGER_STATES.includes(state)) problems.push(`has the unknown state ${state}`);
  if (amount < 0 || bound < 0) problems.push('has a negative amount');
  if (state === 'released' && amount !== 0) problems.push(`is released but costs ${amount}`);
  if ((state === 'reserved' || state === 'unknown') && amount !== bound)
    problems.push(`is ${state} but stands at ${amount} instead of its bound ${bound}`);
  if ((state === 'reserved' || state === 'unknown') && settled)
    problems.push(`is ${state} and yet has a final price`);
  return problems;
}

type ReadReserve = readonly [period: number, amount: number];

function reserveProblems(row: AuditedRow): string[] {
  const reserves = readReserves(row);
  if (reserves === null) return ['its reserves cannot be read'];
  return reserves.flatMap(([period, amount]) => {
    const problems: string[] = [];
    if (amount < 0) problems.push(`reserves a negative amount of period ${period}`);
    if (row.state === 'released' && amount !== 0)
      problems.push(`is released but still reserves ${amount} of period ${period}`);
    return problems;
  });
}

function addReserves(state: State, row: AuditedRow): void {
  for (const [period, amount] of readReserves(row) ?? [])
    if (!state.sums.spend(period, amount, row.id))
      addProblem(state, `row ${pointId(row)}: reserves of period ${period}, which does not exist`);
}

function readReserves({ reserves }: AuditedRow): readonly ReadReserve[] | null {
  try {
    const pairs: unknown = JSON.parse(reserves);
    return Array.isArray(pairs) && pairs.every(isReserve) ? pairs : null;
  } catch {
    return null;
  }
}

function isReserve(value: unknown): value is ReadReserve {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}

function highestOf(
  state: State,
  { node, epoch }: { readonly node: string; readonly epoch: number },
): Highest {
  const key = `${node}-${epoch}`;
  let highest = state.lives.get(key);
  if (highest === undefined) state.lives.set(key, (highest = { position: -1, reserved: 0, anchor: null }));
  return highest;
}

function addTotal(state: State, { currency, state: of, amount }: AuditedRow): void {
  const key = `${currency} ${of}`;
  let total = state.totals.get(key);
  if (total === undefined) state.totals.set(key, (total = { currency, state: of, amount: 0, rows: 0 }));
  total.amount = addExactly(total.amount, amount);
  total.rows += 1;
}

function addLease(state: State, lease: AuditedLease): void {
  const name = `lease of ${lease.node}-${lease.epoch} on ${lease.budget}/${lease.period}`;
  if (lease.remaining < 0) addProblem(state, `${name}: is negative`);
  if (lease.state === 'open') state.sums.add('leased', lease.id, lease.remaining);
  if (lease.state === 'presumed') state.sums.add('presumed', lease.id, lease.remaining);
  if (lease.state === 'closed' && lease.remaining !== 0)
    addProblem(state, `${name}: is closed but holds ${lease.remaining}`);
  if (lease.state === 'open' && lease.overdrawn > 0)
    addProblem(state, `${name}: its holder spent ${lease.overdrawn} more than it was granted`);
  highestOf(state, lease);
  if (lease.state === 'open' && Boolean(state.known.get(`${lease.node}-${lease.epoch}`)?.closed))
    addProblem(state, `${name}: is open although its process was closed`);
}

function addAnchor(state: State, anchor: AuditedAnchor): void {
  const highest = highestOf(state, anchor);
  if (highest.anchor === null || highest.anchor.position < anchor.position) highest.anchor = anchor;
}

function report(state: State): LedgerVerification {
  for (const [key, highest] of state.lives) checkLife(state, key, highest);
  const more = state.unnamed === 0 ? [] : [`and ${state.unnamed} more`];
  return {
    rows: state.rows,
    periods: state.periods,
    problems: [...state.problems, ...more],
    totals: totalsOf(state),
  };
}

function totalsOf({ totals }: State): LedgerVerification['totals'] {
  const names = [...totals.keys()].toSorted();
  return names.flatMap((name) => {
    const total = totals.get(name);
    if (total === undefined) return [];
    const { currency, state, amount, rows } = total;
    return [{ currency, state, amount: micros(amount), rows }];
  });
}

function checkLife(state: State, key: string, { position, reserved, anchor }: Highest): void {
  const life = state.known.get(key);
  if (life === undefined) {
    addProblem(state, `journal ${key}: has rows or leases but no cursor`);
    return;
  }
  if (position >= life.position)
    addProblem(state, `journal ${key}: its cursor ${life.position} is not beyond row ${position}`);
  if (Boolean(life.closed) && reserved > 0)
    addProblem(state, `journal ${key}: is closed but ${reserved} rows still wait for an outcome`);
  if (anchor !== null && anchor.position > life.position)
    addProblem(state, `journal ${key}: its cursor ${life.position} is behind its anchor ${anchor.position}`);
  if (anchor !== null && anchor.position === life.position && anchor.head !== life.head)
    addProblem(
      state,
      `journal ${key}: its cursor and its anchor disagree about the head at ${life.position}`,
    );
}

function checkPeriod(state: State, period: AuditedPeriod): void {
  state.periods += 1;
  const name = `budget ${period.budget} period ${period.period}`;
  const sums = state.sums.of(period.id);
  for (const sum of ['spent', 'leased', 'presumed'] as const) {
    if (period[sum] < 0) addProblem(state, `${name}: ${sum} is negative`);
    if (period[sum] !== sums[sum])
      addProblem(state, `${name}: ${sum} is ${period[sum]}, but ${SOURCES[sum]} sum to ${sums[sum]}`);
  }
}

const SOURCES = { spent: 'its rows', leased: 'its open leases', presumed: 'its presumed leases' } as const;
