import type { Micros } from '../kernel/money.ts';
import type { Bill } from './bill.ts';
import type { Account } from './core.ts';
import type { PriceBook } from './prices.ts';
import { COUNTRIES } from './price-data.ts';
import type { Timeline } from './timeline.ts';

/** Phone numbers for rent. */
export interface Inventory {
  /** Numbers that nobody rents; the same question gives the same answer. Null: a country without numbers. */
  search(query: NumberQuery): readonly string[] | null;
  /** Rents a number and charges its first month; every 30 days another one. Null when it is taken. */
  buy(account: Account, id: string, number: string): OwnedNumber | null;
  release(owned: OwnedNumber): void;
  of(account: Account): readonly OwnedNumber[];
  find(number: string): OwnedNumber | undefined;
  countryOf(number: string): string;
}

export interface NumberQuery {
  readonly country: string;
  readonly limit: number;
  readonly areaCode?: string | undefined;
  readonly contains?: string | undefined;
}

export interface OwnedNumber {
  readonly id: string;
  readonly account: Account;
  readonly number: string;
  readonly country: string;
  readonly boughtAt: number;
  readonly monthly: Micros;
  /** Settings of the number as the vendor names them: where its traffic goes. */
  readonly settings: Record<string, string>;
}

export interface InventorySources {
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly prices: PriceBook;
  readonly bill: Bill;
}

const MONTH = 30 * 86_400_000;
const MOST_TRIED = 5000;

export function createInventory({ now, timeline, prices, bill }: InventorySources): Inventory {
  const owned = new Map<string, OwnedNumber>();

  function chargeMonth(one: OwnedNumber, at: number): void {
    if (owned.get(one.number) !== one) return;
    const { account, id, number, monthly } = one;
    const terms = { item: 'number.buy', to: number, units: 1, amount: monthly };
    bill.charge({ account, resource: id, ...terms, at, finalAt: at });
    timeline.at(at + MONTH, () => chargeMonth(one, at + MONTH));
  }

  return Object.freeze({
    search({ country, limit, areaCode = '', contains = '' }: NumberQuery) {
      const prefix = COUNTRIES.find(([, code]) => code === country)?.[0];
      if (prefix === undefined) return null;
      const found: string[] = [];
      for (let index = 0; found.length < limit && index < MOST_TRIED; index++) {
        const number = candidate(prefix, areaCode, index);
        if (!owned.has(number) && number.includes(contains.replaceAll(/\D/g, ''))) found.push(number);
      }
      return found;
    },
    buy(account: Account, id: string, number: string) {
      if (owned.has(number)) return null;
      const monthly = prices.price(account.vendor, 'number.buy', number).amount;
      const country = countryOf(number);
      const one = { id, account, number, country, boughtAt: now(), monthly, settings: {} };
      owned.set(number, one);
      chargeMonth(one, one.boughtAt);
      return one;
    },
    release(one: OwnedNumber) {
      if (owned.get(one.number) === one) owned.delete(one.number);
    },
    of: (account: Account) => [...owned.values()].filter((one) => one.account === account),
    find: (number: string) => owned.get(number),
    countryOf,
  });
}

function candidate(prefix: string, areaCode: string, index: number): string {
  const usual = prefix === '1' ? '415' : '700';
  const area = areaCode === '' ? usual : areaCode;
  return prefix === '1'
    ? `+1${area}555${String(index).padStart(4, '0')}`
    : `+${prefix}${area}${String(index).padStart(6, '0')}`;
}

/** ISO country of the longest prefix that the price table knows. */
function countryOf(number: string): string {
  let best: (typeof COUNTRIES)[number] | undefined;
  for (const row of COUNTRIES)
    if (number.startsWith(`+${row[0]}`) && row[0].length > (best?.[0].length ?? 0)) best = row;
  return best?.[1] ?? 'US';
}
