import { settledAmount } from '../../guard/budgets/claims.ts';
import { micros, type Micros, type Money } from '../../kernel/money.ts';
import type { SettlementRecord } from '../../journal/records.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { BudgetRecord, LedgerRecord } from '../../store/records.ts';

export interface BookingOptions {
  readonly ledger: Pick<LedgerStore, 'settle'>;
  readonly budget: (id: string) => BudgetRecord | undefined;
  readonly journal: (record: SettlementRecord) => Promise<void>;
  readonly incident: (what: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Wall ms. */
  readonly now: () => number;
}

/** Writes what was learned about a row: into the journal first, then into the ledger and the budgets. */
export interface Booking {
  /** The vendor's price. In another currency than the bound's, the budgets get it by their rates and the row keeps its bound. */
  priced(row: LedgerRecord, cost: Money, resourceIds: readonly string[]): Promise<void>;
  /** It happened, and its price may still come. */
  accepted(row: LedgerRecord, resourceIds: readonly string[]): Promise<void>;
  /** It happened, and nobody will ever say what it cost: the bound is the last word. */
  atBound(row: LedgerRecord, resourceIds?: readonly string[]): Promise<void>;
  /** It never happened. */
  released(row: LedgerRecord): Promise<void>;
}

interface Change {
  readonly state: 'committed' | 'released';
  readonly amount: Micros;
  readonly settled: boolean;
  readonly atBound?: boolean;
  readonly spent: readonly Micros[];
  readonly resourceIds: readonly string[];
}

export function createBooking({ ledger, budget, journal, incident, now }: BookingOptions): Booking {
  const tellForeign = createForeignTeller(incident);

  async function book(row: LedgerRecord, change: Change): Promise<void> {
    const { node, epoch, position } = row;
    const { state, amount, atBound } = change;
    const of = { node, epoch, position };
    const mark = atBound === true ? { atBound } : {};
    await journal({ type: 'settlement', at: now(), of, state, amount, ...mark });
    await ledger.settle({ of, ...change });
    if (amount > row.bound) incident('cost-above-bound', { of, bound: row.bound, amount });
  }

  return Object.freeze({
    async priced(row: LedgerRecord, { amount: stated, currency }: Money, resourceIds: readonly string[]) {
      const cost = { amount: micros(Math.abs(stated)), currency };
      const isForeign = currency !== row.currency && cost.amount !== 0;
      await book(row, {
        state: 'committed',
        amount: isForeign ? row.bound : cost.amount,
        settled: true,
        ...(isForeign ? { atBound: true } : {}),
        spent: spentFor(row, cost, budget),
        resourceIds,
      });
      if (isForeign) tellForeign(row, cost);
    },
    accepted: (row: LedgerRecord, resourceIds: readonly string[]) =>
      book(row, {
        state: 'committed',
        amount: row.bound,
        settled: false,
        spent: row.reserves.map(([, , reserved]) => reserved),
        resourceIds,
      }),
    atBound: (row: LedgerRecord, resourceIds = row.resourceIds) =>
      book(row, {
        state: 'committed',
        amount: row.bound,
        settled: true,
        atBound: true,
        spent: row.reserves.map(([, , reserved]) => reserved),
        resourceIds,
      }),
    released: (row: LedgerRecord) =>
      book(row, {
        state: 'released',
        amount: micros(0),
        settled: true,
        spent: [],
        resourceIds: [],
      }),
  });
}

/** Tells of an account and its currencies once: it is a matter of configuration, and every row is marked. */
function createForeignTeller(incident: BookingOptions['incident']) {
  const told = new Set<string>();
  return ({ account, node, epoch, position, bound, currency }: LedgerRecord, stated: Money): void => {
    const what = `${account} ${currency} ${stated.currency}`;
    if (told.has(what)) return;
    told.add(what);
    incident('price-in-another-currency', {
      account,
      of: { node, epoch, position },
      bound,
      currency,
      stated,
    });
  };
}

/**
 * What stands against each budget once the cost is known, in the budget's currency. Where that cannot express it, what was
 * reserved stays.
 */
function spentFor(
  { reserves }: LedgerRecord,
  cost: Money,
  budgetOf: BookingOptions['budget'],
): readonly Micros[] {
  return reserves.map(([id, , reserved]) => {
    const budget = budgetOf(id);
    if (cost.amount === 0 && budget?.unit !== 'count') return micros(0); // What is counted happened, whatever it cost.
    return budget === undefined ? reserved : settledAmount(budget, cost, reserved);
  });
}
