import { pointId } from '../kernel/point.ts';
import { micros } from '../kernel/money.ts';
import { LEDGER_STATES } from './load-plan.ts';
import type { LedgerVerification } from './ports.ts';
import type { LeaseRecord, LedgerRecord, PeriodRecord } from './records.ts';

/** Recomputes the store's sums from rows and leases. Feed everything, in any order, then ask for the report. */
export interface Audit {
  problem(text: string): void;
  row(row: AuditedRow): void;
  lease(lease: AuditedLease): void;
  period(period: PeriodRecord): void;
  life(life: AuditedLife): void;
  anchor(anchor: AuditedAnchor): void;
  /** Rows of a table whose parent is missing: what is read with joins does not show them. */
  orphans(table: string, rows: number): void;
  /** Resource ids that the rows hold, and those that the index knows. */
  resources(held: number, marked: number): void;
  report(): LedgerVerification;
}

export type AuditedRow = Pick<
  LedgerRecord,
  'node' | 'epoch' | 'position' | 'currency' | 'bound' | 'amount' | 'state' | 'settled'
> & {
  /** Triples of budget, period and amount, or null when they cannot be read. */
  readonly reserves: unknown;
};

export type AuditedLease = Omit<LeaseRecord, 'id'> & { readonly overdrawn: number };

export interface AuditedLife {
  readonly node: string;
  readonly epoch: number;
  readonly position: number;
  readonly head: string;
  readonly closed: boolean;
}

export interface AuditedAnchor {
  readonly node: string;
  readonly epoch: number;
  readonly position: number;
  readonly head: string;
}

/** Contradictions named at most; the count of the others is given. */
const NAMED = 1_000;

interface Sums {
  spent: number;
  leased: number;
  presumed: number;
}

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
  readonly sums: Map<string, Sums>;
  readonly periods: Map<string, PeriodRecord>;
  readonly lives: Map<string, Highest>;
  readonly known: Map<string, AuditedLife>;
  readonly totals: Map<string, Total>;
}

export function createAudit(): Audit {
  const state: State = {
    problems: [],
    unnamed: 0,
    rows: 0,
    sums: new Map(),
    periods: new Map(),
    lives: new Map(),
    known: new Map(),
    totals: new Map(),
  };
  return {
    problem: (text) => addProblem(state, text),
    row: (row) => addRow(state, row),
    lease: (lease) => addLease(state, lease),
    period: (period) => void state.periods.set(slice(period.budget, period.period), period),
    life: (life) => void state.known.set(`${life.node}-${life.epoch}`, life),
    anchor: (anchor) => addAnchor(state, anchor),
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

function addProblem(state: State, text: string): void {
  if (state.problems.length < NAMED) state.problems.push(text);
  else state.unnamed += 1;
}

function slice(budget: string, period: number): string {
  return `${period}/${budget}`;
}

function sumsOf(state: State, budget: string, period: number): Sums {
  const key = slice(budget, period);
  let sums = state.sums.get(key);
  if (sums === undefined) state.sums.set(key, (sums = { spent: 0, leased: 0, presumed: 0 }));
  return sums;
}

function addRow(state: State, row: AuditedRow): void {
  state.rows += 1;
  const name = `row ${pointId(row)}`;
  for (const problem of rowProblems(row)) addProblem(state, `${name}: ${problem}`);
  for (const [budget, period, amount] of readReserves(state, name, row))
    add(sumsOf(state, budget, period), 'spent', amount);
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

/** A sum beyond what numbers count exactly stays at the largest such number, as it does when it is read (`countable`). */
function add<Name extends string>(to: Record<Name, number>, name: Name, amount: number): void {
  to[name] = Math.min(to[name] + amount, Number.MAX_SAFE_INTEGER);
}

type ReadReserve = readonly [budget: string, period: number, amount: number];

function readReserves(state: State, name: string, row: AuditedRow): readonly ReadReserve[] {
  const { reserves } = row;
  if (!Array.isArray(reserves) || !reserves.every(isReserve)) {
    addProblem(state, `${name}: its reserves cannot be read`);
    return [];
  }
  for (const [budget, , amount] of reserves) {
    if (amount < 0) addProblem(state, `${name}: reserves a negative amount of budget ${budget}`);
    if (row.state === 'released' && amount !== 0)
      addProblem(state, `${name}: is released but still reserves ${amount} of budget ${budget}`);
  }
  return reserves;
}

/** Budget and start of each period, by its number. */
export type PeriodNames = ReadonlyMap<number, readonly [budget: string, period: number]>;

/** The text of a row's reserves with the names of their periods; null when it is not what we write. */
export function decodeReserves(names: PeriodNames, text: string): unknown {
  try {
    const pairs = JSON.parse(text) as [number, number][];
    return pairs.map(([id, amount]) => [names.get(id)?.[0], names.get(id)?.[1], amount]);
  } catch {
    return null;
  }
}

function isReserve(value: unknown): value is ReadReserve {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === 'string' &&
    Number.isSafeInteger(value[1]) &&
    Number.isSafeInteger(value[2])
  );
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
  add(total, 'amount', amount);
  total.rows += 1;
}

function addLease(state: State, lease: AuditedLease): void {
  const name = `lease of ${lease.node}-${lease.epoch} on ${lease.budget}/${lease.period}`;
  const sums = sumsOf(state, lease.budget, lease.period);
  if (lease.remaining < 0) addProblem(state, `${name}: is negative`);
  if (lease.state === 'open') sums.leased += lease.remaining;
  if (lease.state === 'presumed') sums.presumed += lease.remaining;
  if (lease.state === 'closed' && lease.remaining !== 0)
    addProblem(state, `${name}: is closed but holds ${lease.remaining}`);
  if (lease.state === 'open' && lease.overdrawn > 0)
    addProblem(state, `${name}: its holder spent ${lease.overdrawn} more than it was granted`);
  highestOf(state, lease);
  if (lease.state === 'open' && state.known.get(`${lease.node}-${lease.epoch}`)?.closed === true)
    addProblem(state, `${name}: is open although its process was closed`);
}

function addAnchor(state: State, anchor: AuditedAnchor): void {
  const highest = highestOf(state, anchor);
  if (highest.anchor === null || highest.anchor.position < anchor.position) highest.anchor = anchor;
}

function report(state: State): LedgerVerification {
  for (const [key, highest] of state.lives) checkLife(state, key, highest);
  for (const key of new Set([...state.sums.keys(), ...state.periods.keys()])) checkPeriod(state, key);
  const more = state.unnamed === 0 ? [] : [`and ${state.unnamed} more`];
  return {
    rows: state.rows,
    periods: state.periods.size,
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
  if (life.closed && reserved > 0)
    addProblem(state, `journal ${key}: is closed but ${reserved} rows still wait for an outcome`);
  if (anchor !== null && anchor.position > life.position)
    addProblem(state, `journal ${key}: its cursor ${life.position} is behind its anchor ${anchor.position}`);
  if (anchor !== null && anchor.position === life.position && anchor.head !== life.head)
    addProblem(
      state,
      `journal ${key}: its cursor and its anchor disagree about the head at ${life.position}`,
    );
}

function checkPeriod(state: State, key: string): void {
  const period = state.periods.get(key);
  const [start, ...budget] = key.split('/');
  const name = `budget ${budget.join('/')} period ${start}`;
  const sums = state.sums.get(key) ?? { spent: 0, leased: 0, presumed: 0 };
  if (period === undefined) {
    if (sums.spent !== 0 || sums.leased !== 0 || sums.presumed !== 0)
      addProblem(state, `${name}: rows or leases exist, but the period does not`);
    return;
  }
  for (const sum of ['spent', 'leased', 'presumed'] as const) {
    if (period[sum] < 0) addProblem(state, `${name}: ${sum} is negative`);
    if (period[sum] !== sums[sum])
      addProblem(state, `${name}: ${sum} is ${period[sum]}, but ${SOURCES[sum]} sum to ${sums[sum]}`);
  }
}

const SOURCES = { spent: 'its rows', leased: 'its open leases', presumed: 'its presumed leases' } as const;
