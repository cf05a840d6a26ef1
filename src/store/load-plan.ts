import { RingfenceError } from '../kernel/errors.ts';
import { createMovements, type Movements } from './movements.ts';
import { applyOutcome, checkAmount, checkOutcome, checkReserves, type Accounted } from './outcome.ts';
import type { LedgerBatch, LedgerOutcome } from './ports.ts';
import type { LedgerRecord, LedgerState } from './records.ts';
import { resourceTerm } from './terms.ts';

export const LEDGER_STATES: readonly LedgerState[] = ['reserved', 'committed', 'released', 'unknown'];

/** Numbers of a planned row: position, at, index of the subject, bound, amount, index of the state, settled, number of reserves. */
export const NUMBERS = 8;
/** Texts of a planned row: resource ids, fingerprints; both JSON. */
export const TEXTS = 2;

/**
 * A batch made ready for the engine. Rows and their outcomes in the same batch are merged, sums are aggregated, and
 * columns are flat so that crossing a thread costs little. Pure: the same plan serves every engine.
 */
export interface LoadPlan {
  readonly node: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly head: string;
  readonly rows: number;
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
  /** Pairs, row after row: index of the movement that names budget and period, amount. */
  readonly reserves: Float64Array;
  /** JSON of [key, app, account, vendor, operation, action, country, currency]; rows refer to them by index. */
  readonly subjects: readonly string[];
  /** Pairs: index of the row, term of a resource id. */
  readonly resources: readonly number[];
  /** Quadruples: budget, period, added to spent, added to the lease. */
  readonly movements: readonly (string | number)[];
  /** Outcomes to apply after the rows: of rows that came before, of another journal, or second ones. */
  readonly earlier: readonly LedgerOutcome[];
}

/** Plans the part of `batch` from position `from` on. Throws `input_invalid` for what no journal may say. */
export function planLoad(batch: LedgerBatch, from: number): LoadPlan {
  checkRange(batch);
  const rows = from === batch.from ? batch.rows : batch.rows.filter((row) => row.position >= from);
  const { own, earlier } = sortOutcomes(batch, from, rows);
  const columns = createColumns(rows.length);
  const movements = createMovements();
  for (const row of rows) {
    checkRow(row, batch);
    addRow(columns, movements, row, own.get(row.position));
  }
  return {
    node: batch.node,
    epoch: batch.epoch,
    from,
    to: batch.to,
    head: batch.head,
    rows: rows.length,
    numbers: columns.numbers,
    texts: columns.texts,
    reserves: Float64Array.from(columns.reserves),
    subjects: columns.subjects,
    resources: columns.resources,
    movements: movements.list.flatMap((one) => [one.budget, one.period, one.spent, one.lease]),
    earlier,
  };
}

function checkRange({ from, to, epoch }: LedgerBatch): void {
  if (![from, to, epoch].every((one) => Number.isSafeInteger(one) && one >= 0) || to < from)
    throw new RingfenceError('input_invalid', `A batch covers positions ${from} to ${to}`);
}

function checkRow(row: LedgerRecord, batch: LedgerBatch): void {
  if (
    row.node !== batch.node ||
    row.epoch !== batch.epoch ||
    row.position < batch.from ||
    row.position >= batch.to
  )
    throw new RingfenceError('input_invalid', `Row ${row.position} does not belong to its batch`);
  checkAmount('bound', row.bound);
  checkReserves(row.reserves);
  if (row.state === 'committed' || row.state === 'released') checkOutcome(row);
  else if (row.amount !== row.bound)
    throw new RingfenceError('input_invalid', `Row ${row.position} is ${row.state} but not at its bound`);
}

/** `own`: the first outcome of each row of this batch. `earlier`: all others, in their order. */
function sortOutcomes(batch: LedgerBatch, from: number, rows: readonly LedgerRecord[]) {
  const own = new Map<number, LedgerOutcome>();
  const earlier: LedgerOutcome[] = [];
  if (batch.outcomes.length === 0) return { own, earlier };
  const positions = new Set(rows.map((row) => row.position));
  for (const outcome of batch.outcomes) {
    if (outcome.position !== undefined && outcome.position < from) continue;
    const { node, epoch, position } = outcome.of;
    const first = node === batch.node && epoch === batch.epoch && positions.delete(position);
    if (first) own.set(position, outcome);
    else earlier.push(outcome);
  }
  return { own, earlier };
}

interface Columns {
  readonly numbers: Float64Array;
  readonly texts: string[];
  readonly reserves: number[];
  readonly subjects: string[];
  readonly subjectIndex: Map<string, number>;
  readonly resources: number[];
  next: number;
}

function createColumns(rows: number): Columns {
  return {
    numbers: new Float64Array(rows * NUMBERS),
    texts: [],
    reserves: [],
    subjects: [],
    subjectIndex: new Map(),
    resources: [],
    next: 0,
  };
}

function addRow(
  columns: Columns,
  movements: Movements,
  row: LedgerRecord,
  outcome: LedgerOutcome | undefined,
): void {
  const now = outcomeOf(row, outcome);
  movements.reserve(row.reserves, now.reserves, columns.reserves);
  for (const id of now.resourceIds) columns.resources.push(columns.next, resourceTerm(row.account, id));
  putNumbers(columns, row, now);
  columns.texts.push(listText(now.resourceIds), listText(row.fingerprints));
  columns.next += 1;
}

/** The row after the first of its outcomes; later ones in the same batch are rare and are applied afterwards. */
function outcomeOf(row: LedgerRecord, outcome: LedgerOutcome | undefined): Accounted {
  return outcome === undefined ? row : (applyOutcome(row, outcome, 'journal') ?? row);
}

function putNumbers(columns: Columns, row: LedgerRecord, now: Accounted): void {
  const at = columns.next * NUMBERS;
  const { numbers } = columns;
  numbers[at] = row.position;
  numbers[at + 1] = row.at;
  numbers[at + 2] = subjectOf(columns, row);
  numbers[at + 3] = row.bound;
  numbers[at + 4] = now.amount;
  numbers[at + 5] = LEDGER_STATES.indexOf(now.state);
  numbers[at + 6] = now.settled ? 1 : 0;
  numbers[at + 7] = now.reserves.length;
}

function subjectOf(columns: Columns, row: LedgerRecord): number {
  const { key, app, account, vendor, operation, action, country, currency } = row;
  const identity = `${key}\0${app}\0${account}\0${vendor}\0${operation}\0${action}\0${country ?? ''}\0${currency}`;
  let index = columns.subjectIndex.get(identity);
  if (index === undefined) {
    const subject = [key, app, account, vendor, operation, action, country, currency];
    index = columns.subjects.push(JSON.stringify(subject)) - 1;
    columns.subjectIndex.set(identity, index);
  }
  return index;
}

function listText(list: readonly string[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(list);
}

/** The movements of a plan, anew for each attempt: what is applied after the rows adds to them. */
export function plannedMovements({ movements: planned }: LoadPlan): Movements {
  const movements = createMovements();
  for (let at = 0; at < planned.length; at += 4)
    movements.add(
      planned[at] as string,
      planned[at + 1] as number,
      planned[at + 2] as number,
      planned[at + 3] as number,
    );
  return movements;
}

/** Throws `verify_failed` when records are missing between the cursor's `position` and the plan. */
export function checkNoGap({ node, epoch, from }: LoadPlan, position: number): void {
  if (from > position)
    throw new RingfenceError(
      'verify_failed',
      `Journal ${node}-${epoch} has a gap: ${position} is next, not ${from}`,
    );
}
