import { pointId } from '../kernel/point.ts';
import { formatMicros, micros, type Micros } from '../kernel/money.ts';
import type {
  IntentRecord,
  JournalRecord,
  OutcomeRecord,
  RefusalRecord,
  RequestFacts,
  SettlementRecord,
} from './records.ts';

export interface Description {
  /** Wall ms. */
  readonly at: number;
  /** One line for people. Numbers stand masked in the record already. */
  readonly text: string;
}

/** A record as `journal tail` and `journal show` print it. No text from outside can move the reader's cursor. */
export function describeRecord(record: JournalRecord): Description {
  return { at: record.at, text: printable(knownText(record) ?? `unknown  ${JSON.stringify(record)}`) };
}

/** Null for a record of another version, or a forged one that lacks members: it must not hide the others. */
function knownText(record: JournalRecord): string | null {
  try {
    return textOf(record) ?? null;
  } catch {
    return null;
  }
}

function textOf(record: JournalRecord): string | undefined {
  switch (record.type) {
    case 'open':
      return `open     ${record.node} epoch ${record.epoch}, version ${record.version}`;
    case 'intent':
      return `allow    ${requestOf(record)} by ${record.rule}${boundOf(record)}${observedOf(record)}`;
    case 'refusal':
      return `refuse   ${requestOf(record)} by ${record.rule}: ${record.code}: ${record.message}`;
    case 'outcome':
      return `outcome  of ${record.of}: ${outcomeOf(record)}`;
    case 'settlement':
      return `settle   ${settledOf(record)}`;
    case 'admin':
      return `admin    ${record.actor}: ${record.act} ${record.target}${detailOf(record.detail)}`;
    case 'incident':
      return `incident ${record.what}${detailOf(record.detail)}`;
    case 'checkpoint':
      return `signed   head ${record.head.slice(0, 16)}…`;
    case 'close':
      return 'close';
  }
}

function requestOf(facts: IntentRecord | RefusalRecord): string {
  const { app, operation, key, network } = facts;
  const what = `${operation}${routeOf(facts)}`;
  return key === ''
    ? `${what} (no accepted key, from ${network})`
    : `${app} ${what} (key ${key} from ${network})`;
}

function routeOf({ to, from, country, segments }: RequestFacts): string {
  const source = from === null ? '' : ` from ${from}`;
  const target = to.length === 0 ? '' : ` to ${to.join(', ')}${country === null ? '' : ` [${country}]`}`;
  return `${source}${target}${segments > 1 ? `, ${segments} segments` : ''}`;
}

function boundOf({ bound, currency }: IntentRecord): string {
  return bound === null ? '' : `, at most ${formatMicros(bound)} ${currency ?? ''}`;
}

function observedOf({ observed }: IntentRecord): string {
  return observed === undefined ? '' : ` (observed only: ${observed})`;
}

function outcomeOf({ state, status, amount, settled, resourceIds }: OutcomeRecord): string {
  const ids = resourceIds.length === 0 ? '' : ` ${resourceIds.join(' ')}`;
  return `${state} ${formatMicros(amount)}${settled ? '' : ' (bound)'}, status ${status}${ids}`;
}

function settledOf({ of, state, amount, atBound }: SettlementRecord): string {
  const mark = atBound === true ? ' (bound, no price)' : '';
  return `${pointId(of)}: ${state} ${formatMicros(amount satisfies Micros)}${mark}`;
}

function detailOf(detail: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(detail, inUnits);
  return text === '{}' ? '' : ` ${text}`;
}

const AMOUNTS = new Set(['amount', 'bound', 'limit']);

/** Amounts stand in records as millionths, and would read as a million times as much. For `JSON.stringify`. */
export function inUnits(name: string, value: unknown): unknown {
  return AMOUNTS.has(name) && Number.isSafeInteger(value) ? formatMicros(micros(Number(value))) : value;
}

/** Control, format and separator characters are written as code points: a terminal would obey them. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}
