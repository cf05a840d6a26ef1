import { fault, type Fault } from './fault.ts';
import type { Reserve } from '../store/records.ts';
import type { JournalRecord } from './records.ts';
import type { SegmentFile } from './segments.ts';

const STATES: ReadonlySet<unknown> = new Set(['committed', 'released', 'unknown']);
/** The last that has a date. */
const LAST_TIME = 8_640_000_000_000_000;
const TEXTS = ['key', 'app', 'account', 'vendor', 'operation', 'action'] as const;

type Members = Readonly<Record<string, unknown>>;

/**
 * The record in a frame; null when it is none. A checksum and a place in the chain can be had without the signing key,
 * so what the ledger takes from a record is looked at, too.
 */
export function parseRecord(payload: Buffer): JournalRecord | null {
  const value = parse(payload);
  if (typeof value !== 'object' || value === null) return null;
  const members = withSpent(value as Members);
  return isRecord(members) ? (members as unknown as JournalRecord) : null;
}

/** What to say of a frame that holds none. */
export function notRecord(node: string, { path, epoch }: SegmentFile, position: number): Fault {
  const point = { node, epoch, position };
  return fault('malformed', point, `its checksum fits, but it is not a record (${path})`);
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return null;
  }
}

/** Outcomes of earlier journals name the budgets again, each with what stands against it. */
function withSpent(record: Members): Members {
  const { type, spent, reserves, state } = record;
  if (type !== 'outcome' || spent !== undefined || !isReserves(reserves)) return record;
  return { ...record, spent: state === 'committed' ? reserves.map(([, , amount]) => amount) : [] };
}

function isRecord(record: Members): boolean {
  const { type, at } = record;
  if (typeof type !== 'string' || !isTime(at)) return false;
  if (type === 'intent') return record['bound'] === null || isRow(record);
  return type !== 'outcome' || record['costs'] === false || isOutcome(record);
}

function isRow(record: Members): boolean {
  const { bound, currency, country, reserves, fingerprints } = record;
  return (
    TEXTS.every((name) => typeof record[name] === 'string') &&
    isCount(bound) &&
    isTextOrNull(currency) &&
    isTextOrNull(country) &&
    isReserves(reserves) &&
    isTexts(fingerprints)
  );
}

function isOutcome({ of, costs, state, amount, settled, spent, resourceIds }: Members): boolean {
  return (
    costs === true &&
    isCount(of) &&
    STATES.has(state) &&
    isCount(amount) &&
    typeof settled === 'boolean' &&
    isCounts(spent) &&
    isTexts(resourceIds)
  );
}

function isReserves(value: unknown): value is readonly Reserve[] {
  return Array.isArray(value) && value.every((one) => Array.isArray(one) && isReserve(one));
}

function isReserve([budget, period, amount]: readonly unknown[]): boolean {
  return typeof budget === 'string' && Number.isSafeInteger(period) && isCount(amount);
}

function isCounts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isCount);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= LAST_TIME;
}

/** Also of micros. */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
