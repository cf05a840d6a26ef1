import { micros, type Micros } from '../kernel/money.ts';
import type { Action } from '../intent/intent.ts';
import type { SettlementRecord } from '../journal/records.ts';
import type { LedgerStore, LedgerOutcome } from '../store/ports.ts';
import type { BudgetRecord, LedgerRecord, Reserve } from '../store/records.ts';
import { scaleUp } from '../kernel/money.ts';
import type { OpenAccount, Vendor, VendorRecord } from '../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';

export interface SettlementAccount {
  readonly vendor: Vendor;
  readonly open: OpenAccount;
  readonly upstream: string | null;
}

export interface SettlementOptions {
  readonly ledger: Pick<LedgerStore, 'pending' | 'settle' | 'hasResource'>;
  readonly account: (id: string) => Promise<SettlementAccount | null>;
  readonly budget: (id: string) => BudgetRecord | undefined;
  readonly send: (request: WireRequest, upstream: string | null) => Promise<WireResponse>;
  readonly fingerprint: (text: string) => string;
  readonly journal: (record: SettlementRecord) => Promise<void>;
  readonly incident: (what: string, detail: Readonly<Record<string, unknown>>) => void;
  /** How long an unknown outcome may take to appear at the vendor before it counts as never accepted. */
  readonly graceMilliseconds?: number;
  /** Wall ms. */
  readonly now: () => number;
}

/** What a round of looking things up did. */
export interface SettlementRound {
  readonly settled: number;
  readonly resolved: number;
}

interface Window {
  readonly since: number;
  readonly until: number;
}

type LookupPage = ReturnType<NonNullable<Vendor['lookup']>['read']>;

const PAGE = 200;
const GRACE = 60_000;
const CLOCK_DIFFERENCE = 30_000;
const MAX_PAGES = 5000;

/** Learns late prices and unknown outcomes from the vendors' own records. */
export function createSettlement(options: SettlementOptions): { round(): Promise<SettlementRound> } {
  const { ledger } = options;

  async function call(account: SettlementAccount, request: WireRequest): Promise<WireResponse | null> {
    try {
      return await options.send(
        account.vendor.custody.authorize(request, account.open, options.now()),
        account.upstream,
      );
    } catch {
      return null;
    }
  }

  async function apply(
    row: LedgerRecord,
    change: Pick<LedgerOutcome, 'state' | 'amount' | 'settled' | 'resourceIds'>,
  ): Promise<void> {
    const { node, epoch, position } = row;
    const of = { node, epoch, position };
    await options.journal({
      type: 'settlement',
      at: options.now(),
      of,
      state: change.state,
      amount: change.amount,
    });
    await ledger.settle({ of, ...change, reserves: reservesFor(row, change.amount, options.budget) });
    if (change.amount > row.bound)
      options.incident('cost-above-bound', { of, bound: row.bound, amount: change.amount });
  }

  async function settleLate(row: LedgerRecord): Promise<boolean> {
    const account = await options.account(row.account);
    const [id] = row.resourceIds;
    const request =
      id === undefined
        ? null
        : (account?.vendor.lookup?.fetch(row.action as Action, id, account.open.fields) ?? null);
    if (account === null) return false;
    if (request === null) {
      // The vendor has no record of its own for it: the bound is the last word.
      const { amount, resourceIds } = row;
      await apply(row, { state: 'committed', amount, settled: true, resourceIds });
      return true;
    }
    const response = await call(account, request);
    const read =
      response === null
        ? null
        : (account.vendor.lookup?.read(row.action as Action, request, response) ?? null);
    const record = read?.records.find((one) => one.id === id);
    const cost = record?.final === true ? record.cost : null;
    if (cost === null || cost.currency !== row.currency) return false;
    await apply(row, {
      state: 'committed',
      amount: absolute(cost.amount),
      settled: true,
      resourceIds: row.resourceIds,
    });
    return true;
  }

  /** All vendor records of an account and action since the oldest unknown row; null when the vendor cannot be asked. */
  async function listRecords(
    account: SettlementAccount,
    action: Action,
    window: Window,
  ): Promise<readonly VendorRecord[] | null> {
    const { lookup } = account.vendor;
    let request = lookup?.list(action, window.since, account.open.fields) ?? null;
    if (lookup === null || request === null) return null;
    const records: VendorRecord[] = [];
    for (let page = 0; request !== null && page < MAX_PAGES; page++) {
      const response = await call(account, request);
      const read: LookupPage = response === null ? null : lookup.read(action, request, response);
      if (read === null) return null;
      records.push(...read.records.filter(({ createdAt }) => createdAt <= window.until));
      const isPast: boolean =
        read.records.length > 0 && read.records.every(({ createdAt }) => createdAt > window.until);
      request = isPast && records.length > 0 ? null : read.next;
    }
    return request === null ? records : null;
  }

  async function resolveGroup(rows: readonly LedgerRecord[]): Promise<number> {
    const [first] = rows;
    const account = first === undefined ? null : await options.account(first.account);
    if (first === undefined || account === null) return 0;
    const times = rows.map(({ at }) => at);
    const window = {
      since: Math.min(...times) - CLOCK_DIFFERENCE,
      until: Math.max(...times) + CLOCK_DIFFERENCE,
    };
    const records = await listRecords(account, first.action as Action, window);
    if (records === null) return 0;
    const free = [];
    for (const record of records)
      if (!(await ledger.hasResource(first.account, record.id))) free.push(record);
    let resolved = 0;
    const grace = options.graceMilliseconds ?? account.vendor.lookup?.lag ?? GRACE;
    for (const row of rows) if (await resolve(row, free, grace)) resolved += 1;
    return resolved;
  }

  /** The vendor has a record of it: it happened. Nothing after the grace period: it never did. */
  async function resolve(row: LedgerRecord, free: VendorRecord[], grace: number): Promise<boolean> {
    const index = free.findIndex((record) => isSame(row, record, options.fingerprint));
    if (index === -1) {
      if (options.now() - row.at < grace) return false;
      await apply(row, { state: 'released', amount: micros(0), settled: true, resourceIds: [] });
      return true;
    }
    const [record] = free.splice(index, 1);
    if (record === undefined) return false;
    const isFinal = record.final && record.cost?.currency === row.currency;
    const amount = isFinal && record.cost !== null ? absolute(record.cost.amount) : row.bound;
    await apply(row, { state: 'committed', amount, settled: isFinal, resourceIds: [record.id] });
    return true;
  }

  return Object.freeze({
    async round() {
      let settled = 0;
      for (const row of await ledger.pending('late', PAGE)) if (await settleLate(row)) settled += 1;
      const groups = Map.groupBy(
        await ledger.pending('unknown', PAGE),
        ({ account, action }) => `${account} ${action}`,
      );
      let resolved = 0;
      for (const rows of groups.values()) resolved += await resolveGroup(rows);
      return { settled, resolved };
    },
  });
}

function isSame(
  { fingerprints: [to, from, text], at }: LedgerRecord,
  record: VendorRecord,
  fingerprint: (text: string) => string,
): boolean {
  if (record.createdAt < at - CLOCK_DIFFERENCE || record.createdAt > at + CLOCK_DIFFERENCE) return false;
  const fits = (mine: string | undefined, theirs: string | null): boolean =>
    theirs === null || mine === fingerprint(theirs);
  return record.to !== null && fits(to, record.to) && fits(from, record.from) && fits(text, record.text);
}

/** What stands against each budget once the cost is `amount`: the same share of the bound, in the budget's currency. */
function reservesFor(
  { reserves, currency }: LedgerRecord,
  amount: Micros,
  budgetOf: SettlementOptions['budget'],
): readonly Reserve[] {
  return reserves.map(([id, period, reserved]) => {
    const budget = budgetOf(id);
    if (amount === 0) return [id, period, micros(0)];
    if (budget === undefined || budget.unit === 'count') return [id, period, reserved];
    const rate = budget.currency === currency ? null : budget.rates[currency];
    if (rate === undefined) return [id, period, reserved];
    return [id, period, rate === null ? amount : scaleUp(amount, rate)];
  });
}

/** Some vendors state prices as negative amounts. */
function absolute(amount: Micros): Micros {
  return micros(Math.abs(amount));
}
