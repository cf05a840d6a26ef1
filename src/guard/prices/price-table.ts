import type { PriceRecord } from '../../store/records.ts';

/** Rows by what they price. */
export interface PriceTable {
  /** Of rows for the same, the one that began last is in force. Half a million come in pages, in order of `from`. */
  add(rows: readonly PriceRecord[]): void;
  /** The row in force at `now` for the longest fitting prefix, an account's own rows before the vendor's. */
  // oxlint-disable-next-line max-params -- one look-up of the hot path
  find(vendor: string, account: string, item: string, digits: string, now: number): PriceRecord | null;
  /** Has any row for the item begun, whatever its prefix? */
  // oxlint-disable-next-line max-params -- one look-up of the hot path
  isPriced(vendor: string, account: string, item: string, now: number): boolean;
}

interface ByPrefix {
  readonly rows: Map<string, PriceRecord[]>;
  /** Length of the longest prefix. */
  longest: number;
  /** When the first of the rows began. */
  since: number;
}
const KINDS = ['price', 'ceiling', 'band'] as const;
/** Look-ups of an account and item whose result is remembered; a vendor has a few hundred items. */
const MOST_REMEMBERED = 10_000;

/** Sorts rows by what they price. */
export function createPriceTable(): PriceTable {
  const byKey = new Map<string, ByPrefix>();
  const remembered = new Map<string, readonly ByPrefix[]>();
  /** Where to look, in this order: exact prices, ceilings, bands; of each the account's own rows first. */
  function listsFor(vendor: string, account: string, item: string): readonly ByPrefix[] {
    const name = `${vendor} ${account} ${item}`;
    let lists = remembered.get(name);
    if (lists !== undefined) return lists;
    lists = KINDS.flatMap((kind) => [
      byKey.get(keyOf(kind, vendor, account, item)),
      byKey.get(keyOf(kind, vendor, null, item)),
      byKey.get(keyOf(kind, '*', null, item)),
    ]).filter((list) => list !== undefined);
    if (remembered.size < MOST_REMEMBERED) remembered.set(name, lists);
    return lists;
  }
  return {
    add(rows) {
      remembered.clear();
      for (const row of rows) addRow(byKey, row);
    },
    // oxlint-disable-next-line max-params -- one look-up of the hot path
    find(vendor, account, item, digits, now) {
      for (const prefixes of listsFor(vendor, account, item)) {
        const row = fitting(prefixes, digits, now);
        if (row !== null) return row;
      }
      return null;
    },
    // oxlint-disable-next-line max-params -- one look-up of the hot path
    isPriced: (vendor, account, item, now) =>
      listsFor(vendor, account, item).some(({ since }) => since <= now),
  };
}

function addRow(byKey: Map<string, ByPrefix>, row: PriceRecord): void {
  const key = keyOf(row.kind, row.vendor, row.account, row.item);
  const prefixes = byKey.get(key) ?? { rows: new Map<string, PriceRecord[]>(), longest: 0, since: Infinity };
  byKey.set(key, prefixes);
  const list = prefixes.rows.get(row.prefix);
  if (list === undefined) prefixes.rows.set(row.prefix, [row]);
  else insert(list, row);
  prefixes.longest = Math.max(prefixes.longest, row.prefix.length);
  prefixes.since = Math.min(prefixes.since, row.from);
}

/** As a rule the row comes last; of two that began together the later one counts. */
function insert(list: PriceRecord[], row: PriceRecord): void {
  const isLast = (list.at(-1)?.from ?? 0) <= row.from;
  if (isLast) list.push(row);
  else list.splice(list.findLastIndex(({ from }) => from <= row.from) + 1, 0, row);
}

function keyOf(kind: string, vendor: string, account: string | null, item: string): string {
  return `${kind} ${vendor} ${account ?? ''} ${item}`;
}

function fitting({ rows, longest }: ByPrefix, digits: string, now: number): PriceRecord | null {
  for (let length = Math.min(digits.length, longest); length >= 0; length--) {
    const row = rows.get(digits.slice(0, length))?.findLast(({ from }) => from <= now);
    if (row !== undefined) return row;
  }
  return null;
}
