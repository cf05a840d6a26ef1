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

/** What people call that which a subject's ids stand for; undefined for an id that is not known. */
export interface SubjectNames {
  app(id: string): string | undefined;
  key(id: string): string | undefined;
  account(id: string): string | undefined;
}

/** Finite worst-case cost of an intent. */
export interface Bound {
  readonly money: Money;
  /** Number of charged destinations, for count budgets. */
  readonly count: number;
  /** Where the price came from, for the journal: `price`, `ceiling` or `band`, with the prefix. */
  readonly source: string;
}
