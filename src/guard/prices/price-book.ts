import { next, refuse, type Refused, type Step } from '../../intent/decision.ts';
import type { Destination, Intent } from '../../intent/intent.ts';
import { micros } from '../../kernel/money.ts';
import type { PriceRecord } from '../../store/records.ts';
import type { Bound, Subject } from '../subject.ts';
import { baseItem, extraItem, mayCost } from './items.ts';
import { createPriceTable, type PriceTable } from './price-table.ts';

export interface PriceBook {
  /** Further rows, as `PriceTable.add`. Nothing should be asked before the last of them. */
  add(rows: readonly PriceRecord[]): void;
  /**
   * Worst-case cost of an intent whose call lasts at most `callSeconds`. Null when it cannot cost anything;
   * `price_unknown` when any part of it has no price. `now` is wall ms.
   */
  bound(intent: Intent, subject: Subject, callSeconds: number, now: number): Step<Bound | null>;
}

/** Compiles rows to look-ups by longest prefix. Stated prices win over the operator's ceilings, those over coarse bands. */
export function createPriceBook(rows: readonly PriceRecord[]): PriceBook {
  const table = createPriceTable();
  table.add(rows);
  return Object.freeze({
    add: table.add,
    bound(intent: Intent, subject: Subject, callSeconds: number, now: number) {
      const question = { intent, subject, callSeconds, now };
      return mayCost(intent) || isChargedCheck(table, question) ? sum(table, question) : next(null);
    },
  });
}

/** Some vendors charge a verification when it is checked; everything else without such an effect is free. */
function isChargedCheck(table: PriceTable, { intent, subject, now }: Question): boolean {
  const { vendor, account } = subject;
  return intent.action === 'verify.check' && table.isPriced(vendor, account, baseItem(intent), now);
}

interface Question {
  readonly intent: Intent;
  readonly subject: Subject;
  readonly callSeconds: number;
  readonly now: number;
}

function sum(table: PriceTable, question: Question): Step<Bound> {
  const { intent } = question;
  const base = baseItem(intent);
  let total = 0;
  let first: PriceRecord | null = null;
  const items = itemsOf(base, intent);
  for (const destination of placesOf(intent)) {
    for (const [item, times] of items) {
      const row = findPlace(table, item, destination, question);
      if (row === null) return unknownPrice(item, destination);
      first ??= row;
      if (row.currency !== first.currency)
        return refuse(
          'price_unknown',
          `price:${item}`,
          `One request would cost in ${first.currency} and ${row.currency}.`,
        );
      total += times * multiply(row, question);
      if (!Number.isSafeInteger(total))
        return refuse('price_unknown', `price:${item}`, 'The worst-case cost is too large to count.');
    }
  }
  const { currency, kind, prefix } = first ?? { currency: '', kind: 'price', prefix: '' };
  return next({
    money: { amount: micros(total), currency },
    count: Math.max(1, intent.destinations.length) * (intent.quantity ?? 1),
    source: `${kind}:${base}+${prefix}`,
  });
}

/** A script may record a thousand times, for each of a thousand destinations: each item is looked up once. */
function itemsOf(base: string, intent: Intent): ReadonlyMap<string, number> {
  const times = intent.quantity ?? 1;
  const items = new Map([[base, times]]);
  for (const extra of intent.extras) {
    const item = extraItem(intent, extra);
    items.set(item, (items.get(item) ?? 0) + times);
  }
  return items;
}

const NOWHERE: readonly (Destination | null)[] = [null];

function placesOf(intent: Intent): readonly (Destination | null)[] {
  return intent.destinations.length === 0 ? NOWHERE : intent.destinations;
}

function find(
  table: PriceTable,
  item: string,
  digits: string,
  { subject, now }: Question,
): PriceRecord | null {
  const { vendor, account } = subject;
  const row = table.find(vendor, account, item, digits, now);
  if (row !== null && row.kind !== 'band') return row;
  const wider = widerItem(item);
  const other = wider === null ? null : table.find(vendor, account, wider, digits, now);
  return row === null || (other !== null && other.kind !== 'band') ? other : row;
}

/** The item whose row stands in for one without a row of its own, or with a coarse band alone. */
function widerItem(item: string): string | null {
  if (item.startsWith('other/')) return 'other';
  if (item.startsWith(FAILOVER)) return `message.send/${item.slice(FAILOVER.length)}`;
  return item.startsWith('lookup/') ? 'lookup/*' : null;
}

/** What falls back to a channel is a message in it. */
const FAILOVER = 'message.failover_';

/** Bands know countries only: numbers that pay the called party, wherever they are, cost as the dearest of all. */
function findPlace(
  table: PriceTable,
  item: string,
  destination: Destination | null,
  question: Question,
): PriceRecord | null {
  const row = find(table, item, digitsOf(destination, item), question);
  const phone = destination?.phone ?? null;
  if (row?.kind !== 'band' || phone === null || !(phone.premium || phone.satellite)) return row;
  return find(table, item, '', question);
}

/** A leg whose destination nobody knows yet is priced by the row without prefix. */
function digitsOf(destination: Destination | null, item: string): string {
  return destination?.kind === 'phone' && !item.endsWith('.leg') ? destination.address.slice(1) : '';
}

function multiply({ amount, unit, increment }: PriceRecord, { intent, callSeconds }: Question): number {
  if (unit === 'segment') return amount * Math.max(1, intent.content?.segments ?? 1);
  if (unit !== 'minute') return amount;
  const steps = Math.max(1, Math.ceil(callSeconds / increment));
  const product = amount * steps * increment;
  return Number.isSafeInteger(product) ? Math.ceil(product / 60) : Infinity;
}

function unknownPrice(item: string, destination: Destination | null): Refused {
  const where = destination === null ? '' : ` to ${destination.phone?.country ?? destination.kind}`;
  return refuse(
    'price_unknown',
    `price:${item}`,
    `No price is known for ${item}${where}, so its cost has no bound.`,
  );
}
