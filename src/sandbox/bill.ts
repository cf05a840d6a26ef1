import { micros, type Micros } from '../kernel/money.ts';
import { createColumns } from './columns.ts';
import type { Account } from './core.ts';

/** The money oracle: what the simulated vendors really charged. */
export interface Bill {
  /** Number of charged items; the next one gets this number, which ids may be linked to. */
  readonly length: number;
  charge(charge: Charge): void;
  row(index: number): BillRow;
  /** The charge of a linked resource id, or null. */
  find(account: Account, resource: string): BillRow | null;
  /** Rows from `from` on, at most `limit`. */
  rows(options: RowQuery): readonly BillRow[];
  totals(): readonly BillTotal[];
  /** Sum that an account was charged. */
  charged(account: Account): Micros;
  /** Counts by item and UTC day, for usage records. */
  usage(account: Account): readonly Usage[];
  /** All rows as CSV with a header line, in pieces of some thousand rows. Numbers in clear. */
  csv(): Generator<string>;
}

export interface Charge {
  readonly account: Account;
  readonly resource: string;
  readonly item: string;
  readonly to: string | null;
  readonly units: number;
  readonly amount: Micros;
  readonly at: number;
  /** From when on the vendor tells the price. */
  readonly finalAt: number;
}

export interface BillRow {
  readonly row: number;
  readonly vendor: string;
  readonly account: string;
  readonly resource: string;
  readonly item: string;
  readonly to: string | null;
  readonly units: number;
  readonly amount: Micros;
  readonly currency: string;
  readonly at: number;
  readonly finalAt: number;
  readonly final: boolean;
}

export interface RowQuery {
  readonly from?: number;
  readonly limit?: number;
  readonly vendor?: string;
  readonly account?: string;
  /** Show destinations in clear. Default: masked. */
  readonly plain?: boolean;
}

export interface BillTotal {
  readonly vendor: string;
  readonly account: string;
  readonly currency: string;
  readonly rows: number;
  readonly amount: Micros;
}

export interface Usage {
  readonly item: string;
  /** UTC day, `2026-01-31`. */
  readonly day: string;
  readonly count: number;
  readonly units: number;
  readonly amount: Micros;
}

interface Sums {
  rows: number;
  amount: number;
  /** `<day number> <item>` → sums. */
  readonly usage: Map<string, { count: number; units: number; amount: number }>;
}

const DAY = 86_400_000;
const CSV_PIECE = 5_000;

export function createBill(accounts: readonly Account[], now: () => number): Bill {
  const columns = createColumns();
  const items: string[] = [];
  const itemIndexes = new Map<string, number>();
  const sums = new Map<number, Sums>();

  const itemIndex = (item: string): number => {
    let index = itemIndexes.get(item);
    if (index === undefined) itemIndexes.set(item, (index = items.push(item) - 1));
    return index;
  };
  const row = (index: number): BillRow => {
    const { account: owner, item, amount, ...packed } = columns.read(index);
    const account = accounts[owner] as Account;
    return {
      row: index,
      vendor: account.vendor,
      account: account.id,
      item: items[item] ?? '',
      amount: micros(amount),
      currency: account.currency,
      final: packed.finalAt <= now(),
      ...packed,
    };
  };

  return Object.freeze({
    get length() {
      return columns.length;
    },
    charge(charge: Charge) {
      columns.add({
        account: charge.account.index,
        item: itemIndex(charge.item),
        resource: charge.resource,
        to: charge.to,
        units: charge.units,
        amount: charge.amount,
        at: charge.at,
        finalAt: charge.finalAt,
      });
      addToSums(sums, charge);
    },
    row,
    find(account: Account, resource: string) {
      const index = columns.find(resource);
      return index !== -1 && columns.read(index).account === account.index ? row(index) : null;
    },
    rows({ from = 0, limit = 1000, vendor, account, plain = false }: RowQuery) {
      const found: BillRow[] = [];
      for (let index = from; index < columns.length && found.length < limit; index++) {
        const one = row(index);
        if (vendor !== undefined && one.vendor !== vendor) continue;
        if (account !== undefined && one.account !== account) continue;
        found.push(plain ? one : { ...one, to: maskAddress(one.to) });
      }
      return found;
    },
    totals: () =>
      [...sums].map(([index, { rows, amount }]) => {
        const { vendor, id, currency } = accounts[index] as Account;
        return { vendor, account: id, currency, rows, amount: micros(amount) };
      }),
    charged: (account: Account) => micros(sums.get(account.index)?.amount ?? 0),
    usage: (account: Account) => usageOf(sums.get(account.index)),
    csv: () => csvOf(row, () => columns.length),
  });
}

function* csvOf(row: (index: number) => BillRow, length: () => number): Generator<string> {
  yield 'row,vendor,account,resource,item,to,units,amount,currency,at,finalAt\n';
  for (let from = 0; from < length(); from += CSV_PIECE) {
    let piece = '';
    for (let index = from; index < Math.min(from + CSV_PIECE, length()); index++)
      piece += csvLine(row(index));
    yield piece;
  }
}

function addToSums(sums: Map<number, Sums>, { account, item, at, units, amount }: Charge): void {
  let sum = sums.get(account.index);
  if (sum === undefined) sums.set(account.index, (sum = { rows: 0, amount: 0, usage: new Map() }));
  sum.rows += 1;
  sum.amount += amount;
  const key = `${Math.floor(at / DAY)} ${item}`;
  const usage = sum.usage.get(key);
  if (usage === undefined) {
    sum.usage.set(key, { count: 1, units, amount });
    return;
  }
  usage.count += 1;
  usage.units += units;
  usage.amount += amount;
}

function usageOf(sum: Sums | undefined): Usage[] {
  return [...(sum?.usage ?? [])].map(([key, { count, units, amount }]) => {
    const space = key.indexOf(' ');
    const day = new Date(Number(key.slice(0, space)) * DAY).toISOString().slice(0, 10);
    return { item: key.slice(space + 1), day, count, units, amount: micros(amount) };
  });
}

function csvLine({ row, vendor, account, resource, item, to, ...rest }: BillRow): string {
  const { units, amount, currency, at, finalAt } = rest;
  const cells = [row, vendor, account, resource, item, to ?? '', units, amount, currency, at, finalAt];
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `+15551234567` → `+1555*****67`; of other addresses the first two characters stay. */
export function maskAddress(address: string | null): string | null {
  if (address === null) return null;
  if (!address.startsWith('+')) return `${address.slice(0, 2)}***`;
  return address.slice(0, 5) + '*'.repeat(Math.max(0, address.length - 7)) + address.slice(-2);
}
