import type { Micros } from '../../kernel/money.ts';
import type { BudgetRecord } from '../../store/records.ts';

export type NewBudget = Omit<BudgetRecord, 'id' | 'createdAt'>;

export interface BudgetUse {
  /** Start of the current period, ledger ms; null when nothing was spent yet. */
  readonly period: number | null;
  /** End of the current period; null for one that slides or never ends. */
  readonly ends: number | null;
  readonly spent: Micros;
  readonly leased: Micros;
  readonly presumed: Micros;
  /** Limit less `spent`, `leased` and `presumed`, at least 0; for a sliding window, over the whole window. */
  readonly left: Micros;
  /** When the budget runs out at the average pace of this period, ledger ms; null: not before it ends, or too early to tell. */
  readonly runsOut: number | null;
}

/** Money of a budget that a process held when it ended, and that counts as spent because its last records may be lost. */
export interface PresumedMoney {
  readonly node: string;
  readonly epoch: number;
  /** Start of the period, ledger ms. */
  readonly period: number;
  readonly amount: Micros;
}

/** A person's statement, after a look at the vendor's records, that presumed money was not spent. */
export interface Release {
  /** `<node>-<epoch>`; null: whichever held it. */
  readonly process: string | null;
  /** Null: all of it. */
  readonly amount: Micros | null;
  /** The presumed amount that the caller based this on; if it has changed since, nothing is released. */
  readonly presumed: Micros;
  readonly reason: string;
}

export interface BudgetService {
  /** Creates the budget, or replaces what the one of this name says, keeping its id. */
  put(budget: NewBudget, actor: string): Promise<BudgetRecord>;
  list(): Promise<readonly BudgetRecord[]>;
  uses(): Promise<readonly (BudgetRecord & { readonly use: BudgetUse })[]>;
  /** Presumed money that counts against the present window; oldest periods first. */
  presumed(budget: BudgetRecord): Promise<readonly PresumedMoney[]>;
  /** Returns how much was given back to the budget. Throws `conflict` for more than is presumed, or when that has changed. */
  release(budget: BudgetRecord, release: Release, actor: string): Promise<Micros>;
  remove(id: string, actor: string): Promise<boolean>;
}
