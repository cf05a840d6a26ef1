import { isDeepStrictEqual } from 'node:util';
import { RingfenceError } from '../../kernel/errors.ts';
import { parseMicros } from '../../kernel/money.ts';
import { cellsOf } from './csv.ts';
import { usualUnit } from './default-prices.ts';
import { isItem } from './items.ts';
import type { PriceRecord } from '../../store/records.ts';

const MAX_ROWS = 500_000;
const NO_ROWS = 'the file has no rows';
const COLUMNS = [
  'vendor',
  'account',
  'item',
  'prefix',
  'amount',
  'currency',
  'unit',
  'increment',
  'from',
  'kind',
] as const;
type Column = (typeof COLUMNS)[number];
type RawRow = Partial<Record<Column, unknown>>;
const UNITS: readonly string[] = ['each', 'segment', 'minute', 'month'];
const KINDS: readonly string[] = ['price', 'ceiling', 'band'];

/**
 * Reads a price file: a JSON array of rows, or CSV with a header line. `amount` is a decimal of the currency,
 * `from` a date; `account`, `prefix`, `increment`, `from` and `kind` may be left out. A long file takes a second: whoever
 * takes the rows may do other work in between. Throws `input_invalid` that names the row and what is expected there.
 */
export function* readPriceFile(
  text: string,
  format: 'json' | 'csv',
): Generator<PriceRecord, void, undefined> {
  let number = 0;
  for (const row of format === 'json' ? readJson(text) : readCsv(text)) {
    number += 1;
    if (number > MAX_ROWS) throw invalid(`more than ${MAX_ROWS} rows`);
    yield readRow(row, number);
  }
  if (number === 0) throw invalid(NO_ROWS);
}

/**
 * Throws for a row that prices the same as one before, and not alike: only one could be in force, and nobody would know
 * which. Accounts are called by their ids.
 */
export function createOnceCheck(): (row: PriceRecord) => void {
  const seen = new Map<string, readonly [number: number, row: PriceRecord]>();
  let number = 0;
  return (row) => {
    number += 1;
    const what = JSON.stringify([row.vendor, row.account, row.item, row.prefix, row.from]);
    const [before, other] = seen.get(what) ?? [0, row];
    if (other !== row && !isDeepStrictEqual(other, row))
      throw invalid(`rows ${before} and ${number} price the same, differently`);
    seen.set(what, [number, row]);
  };
}

function* readJson(text: string): Generator<RawRow> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is not JSON (${(error as Error).message})`);
  }
  if (!Array.isArray(value)) throw invalid('it must be a JSON array of rows');
  for (const [index, row] of value.entries()) {
    if (typeof row !== 'object' || row === null) throw invalid(`row ${index + 1} is not an object`);
    const unknown = Object.keys(row as object).find((name) => !isColumn(name));
    if (unknown !== undefined)
      throw invalid(`row ${index + 1}: ${JSON.stringify(unknown)} is not a known field`);
    yield row as RawRow;
  }
}

function* readCsv(text: string): Generator<RawRow> {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (head === '') throw invalid(NO_ROWS);
  const names = cellsOf(head) ?? [head];
  const unknown = names.find((name) => !isColumn(name));
  if (unknown !== undefined)
    throw invalid(`the column ${JSON.stringify(unknown)} is not one of ${COLUMNS.join(', ')}`);
  for (const [row, line] of lines.entries()) {
    const cells = cellsOf(line) ?? [];
    if (cells.length !== names.length)
      throw invalid(`row ${row + 1} must have ${names.length} cells, as the header has`);
    yield Object.fromEntries(cells.map((cell, index) => [names[index] ?? '', cell]));
  }
}

function isColumn(name: string): boolean {
  return (COLUMNS as readonly string[]).includes(name);
}

function readRow(raw: RawRow, number: number): PriceRecord {
  const fail = (what: string): never => {
    throw invalid(`row ${number}: ${what}`);
  };
  const text = (name: Column, fallback?: string): string => {
    const value = raw[name] ?? fallback;
    return typeof value === 'string' && (value !== '' || fallback !== undefined)
      ? value || (fallback ?? '')
      : fail(`${name} is missing`);
  };
  const amount = parseMicros(textOf(raw.amount));
  if (amount === null || amount < 0) return fail('amount must be a decimal such as "0.0079"');
  const prefix = text('prefix', '').replace(/^\+/, '');
  if (!/^(?:[1-9]\d{0,11})?$/.test(prefix))
    fail('prefix must be up to 12 digits that begin with a calling code');
  const currency = text('currency');
  if (!/^[A-Z]{3}$/.test(currency)) fail('currency must be three capital letters');
  const item = readItem(text('item'), fail);
  const unit = text('unit', unitWhereNoneIsGiven(item, raw, fail));
  if (!UNITS.includes(unit)) fail(`unit must be one of ${UNITS.join(', ')}`);
  const kind = text('kind', 'price');
  if (!KINDS.includes(kind)) fail(`kind must be one of ${KINDS.join(', ')}`);
  return {
    vendor: text('vendor'),
    account: readAccount(raw.account, fail),
    item,
    prefix,
    amount,
    currency,
    unit: unit as PriceRecord['unit'],
    increment: readIncrement(raw.increment, fail),
    from: readDate(raw.from) ?? fail('from must be a date such as 2026-11-25'),
    kind: kind as PriceRecord['kind'],
  };
}

function readItem(item: string, fail: (what: string) => never): string {
  return isItem(item)
    ? item
    : fail(`there is no item ${JSON.stringify(item)}; \`ringfence prices list\` shows some`);
}

/** A call that is priced as one thing however long it is, or a long text as one segment, would have no bound. */
function unitWhereNoneIsGiven(item: string, { unit }: RawRow, fail: (what: string) => never): string {
  const usual = usualUnit(item);
  const isGiven = (unit ?? '') !== '';
  return isGiven || (usual !== 'minute' && usual !== 'segment')
    ? 'each'
    : fail(`unit is missing: vendors bill ${item} by the ${usual}; say each where yours does not`);
}

function readAccount(value: unknown, fail: (what: string) => never): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : fail('account must be a name or an id');
}

function readIncrement(value: unknown, fail: (what: string) => never): number {
  const increment = Number(value === '' ? 60 : (value ?? 60));
  return Number.isInteger(increment) && increment >= 1 && increment <= 3600
    ? increment
    : fail('increment must be whole seconds from 1 to 3600');
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A day, or a time with its zone: what else `Date` reads, it reads by the place and customs of the machine. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

function readDate(value: unknown): number | null {
  if (value === undefined || value === '' || value === null) return 0;
  if (typeof value === 'number') return timeOf(value);
  const [text, day] = DATE.exec(textOf(value)) ?? [];
  if (text === undefined || day === undefined) return null;
  const midnight = timeOf(day); // Of 30 February `Date` makes another day.
  return midnight !== null && new Date(midnight).toISOString().startsWith(day) ? timeOf(text) : null;
}

function timeOf(value: number | string): number | null {
  const time = new Date(value).getTime(); // NaN where no date is.
  return Number.isSafeInteger(time) ? time : null;
}

function invalid(what: string): RingfenceError {
  return new RingfenceError('input_invalid', `The price file is not valid: ${what}.`);
}
