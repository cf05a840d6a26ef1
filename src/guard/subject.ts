import type { Money } from '../kernel/money.ts';

/** Who asks: the principal that policy, limits and budgets speak about. */
export interface Subject {
  readonly key: string;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  /** Address of the caller, as text. */
  readonly network: string;
}

/** Finite worst-case cost of an intent. */
export interface Bound {
  readonly money: Money;
  /** Number of charged destinations, for count budgets. */
  readonly count: number;
  /** Where the price came from, for the journal: `price`, `ceiling` or `band`, with the prefix. */
  readonly source: string;
}
