import { micros, type Micros } from '../kernel/money.ts';
import type { PriceRecord } from '../store/records.ts';
import { COUNTRIES, PACKAGES, type CountryRow } from './price-data.ts';

/** What the simulated vendors charge. Deterministic, so that a test can compute any bill by hand. */
export interface PriceBook {
  /** Price of an item towards an address; phones by longest prefix, everything else by the row without prefix. */
  price(vendor: string, item: string, address: string | null): Price;
  /** All rows, in the shape that `ringfence prices import` takes. */
  records(vendor?: string): readonly PriceRecord[];
}

export interface Price {
  readonly prefix: string;
  readonly amount: Micros;
  /** Seconds per started step of `minute` prices. */
  readonly increment: number;
}

interface VendorTerms {
  readonly vendor: string;
  readonly currency: string;
  /** Share of the base price, in percent. */
  readonly percent: number;
  /** Where the fee of a verification is due: when it starts, or when the right code is checked. */
  readonly verifyFee: 'start' | 'check';
}

const TERMS: readonly VendorTerms[] = [
  { vendor: 'twilio', currency: 'USD', percent: 100, verifyFee: 'check' },
  { vendor: 'vonage', currency: 'EUR', percent: 90, verifyFee: 'start' },
  { vendor: 'telnyx', currency: 'USD', percent: 60, verifyFee: 'start' },
  { vendor: 'livekit', currency: 'USD', percent: 80, verifyFee: 'start' },
];

/** Vendors print four decimals or more, so every price is a multiple of 100 micros. */
const GRAIN = 100;
const MINUTE = 60;
const VERIFY_FEE = 50_000;

interface Table {
  readonly rows: Map<string, Price>;
  longest: number;
}

export function createPriceBook(): PriceBook {
  const records = TERMS.flatMap(vendorRecords);
  const tables = new Map<string, Table>();
  for (const { vendor, item, prefix, amount, increment } of records) {
    const key = `${vendor} ${item}`;
    let table = tables.get(key);
    if (table === undefined) tables.set(key, (table = { rows: new Map(), longest: 0 }));
    table.rows.set(prefix, Object.freeze({ prefix, amount, increment }));
    table.longest = Math.max(table.longest, prefix.length);
  }
  return Object.freeze({
    price(vendor: string, item: string, address: string | null) {
      const table = tables.get(`${vendor} ${item}`);
      const found = table === undefined ? undefined : longestPrefix(table, address);
      if (found === undefined) throw new Error(`the sandbox has no price for ${vendor} ${item}`);
      return found;
    },
    records: (vendor?: string) =>
      vendor === undefined ? records : records.filter((record) => record.vendor === vendor),
  });
}

function longestPrefix({ rows, longest }: Table, address: string | null): Price | undefined {
  if (address === null || address.charCodeAt(0) !== 43) return rows.get('');
  for (let length = Math.min(longest, address.length - 1); length > 0; length--) {
    const price = rows.get(address.slice(1, 1 + length));
    if (price !== undefined) return price;
  }
  return rows.get('');
}

function vendorRecords({ vendor, currency, percent, verifyFee }: VendorTerms): PriceRecord[] {
  const scaled = (base: number): Micros =>
    micros(base === 0 ? 0 : Math.max(GRAIN, Math.round((base * percent) / 100 / GRAIN) * GRAIN));
  const record = (item: string, prefix: string, base: number, unit: PriceRecord['unit']): PriceRecord =>
    Object.freeze({
      vendor,
      account: null,
      item,
      prefix,
      amount: scaled(base),
      currency,
      unit,
      increment: unit === 'minute' ? MINUTE : 1,
      from: 0,
      kind: 'price' as const,
    });
  const startFee = verifyFee === 'start' ? VERIFY_FEE : 0;
  const byPrefix = COUNTRIES.flatMap((row) => countryRecords(row, startFee, record));
  const packages = PACKAGES.map(([item, base, unit]) => record(item, '', base, unit));
  const checks = verifyFee === 'check' ? [record('verify.check', '', VERIFY_FEE, 'each')] : [];
  return [...byPrefix, ...packages, ...checks];
}

type MakeRecord = (item: string, prefix: string, base: number, unit: PriceRecord['unit']) => PriceRecord;

function countryRecords(
  [prefix, , sms, voice, monthly]: CountryRow,
  fee: number,
  record: MakeRecord,
): PriceRecord[] {
  // An address that is no phone (SIP, app user) and a leg that nobody knows yet cost at most the highest rate.
  return [
    record('message.send/sms', prefix, sms, 'segment'),
    record('message.send/mms', prefix, sms * 3, 'each'),
    record('message.send/whatsapp', prefix, sms * 2, 'each'),
    record('message.send/rcs', prefix, sms * 2, 'each'),
    record('call.create/voice', prefix, voice, 'minute'),
    record('call.leg', prefix, voice, 'minute'),
    record('verify.start/sms', prefix, sms + fee, 'each'),
    record('verify.start/whatsapp', prefix, sms + fee, 'each'),
    record('verify.start/voice', prefix, voice + fee, 'each'),
    record('number.buy', prefix, monthly, 'month'),
  ];
}
