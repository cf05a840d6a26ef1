import { isDeepStrictEqual } from 'node:util';
import { RingfenceError } from '../../kernel/errors.ts';
import { parseMicros } from '../../kernel/money.ts';
import { cellsOf } from './csv.ts';
import { usualUnit } from './default-prices.ts';
import { isItem } from './items.ts';
import type { PriceRecord } from '../../store/records.ts';

const MAX_ROWS = 500_000;
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
 * `from` a date; `account`, `prefix`, `increment`, `from` and `kind` may be left out.
 * Throws `input_invalid` that names the row and what is expected there.
 */
export function readPriceFile(text: string, format: 'json' | 'csv'): readonly PriceRecord[] {
  const rows = format === 'json' ? readJson(text) : readCsv(text);
  if (rows.length === 0) throw invalid('the file has no rows');
  if (rows.length > MAX_ROWS) throw invalid(`more than ${MAX_ROWS} rows`);
  const read = rows.map((row, index) => readRow(row, index + 1));
  checkOnce(read);
  return read;
}

/** Throws when two rows price the same, and not alike: only one could be in force, and nobody would know which. */
export function checkOnce(rows: readonly PriceRecord[]): void {
  const seen = new Map<string, number>();
  for (const [index, { vendor, account, item, prefix, from }] of rows.entries()) {
    const what = JSON.stringify([vendor, account, item, prefix, from]);
    const before = seen.get(what);
    if (before !== undefined && !isDeepStrictEqual(rows[before], rows[index]))
      throw invalid(`rows ${before + 1} and ${index + 1} price the same, and not alike`);
    seen.set(what, index);
  }
}

function readJson(text: string): readonly RawRow[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is not JSON (${(error as Error).message})`);
  }
  if (!Array.isArray(value)) throw invalid('it must be a JSON array of rows');
  return value.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null) throw invalid(`row ${index + 1} is not an object`);
    return row;
  });
}

function readCsv(text: string): readonly RawRow[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = cellsOf(head) ?? [head];
  const unknown = names.find((name) => !(COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw invalid(`the column ${JSON.stringify(unknown)} is not one of ${COLUMNS.join(', ')}`);
  return lines.map((line, row) => {
    const cells = cellsOf(line) ?? [];
    if (cells.length !== names.length)
      throw invalid(`row ${row + 1} must have ${names.length} cells, as the header has`);
    return Object.fromEntries(cells.map((cell, index) => [names[index] ?? '', cell]));
  });
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
  const unknown = Object.keys(raw).find((name) => !(COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined) fail(`${JSON.stringify(unknown)} is not a known field`);
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
