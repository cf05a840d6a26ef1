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

/** The names behind a subject's ids; undefined for an id that is not known. */
export interface SubjectNames {
  app(id: string): string | undefined;
  key(id: string): string | undefined;
  /** Id of the key that a key has replaced; null for one that has replaced none. */
  replacedBy(key: string): string | null;
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

/**
 * What is stated about a key holds for the keys that replace it, too: the first of `key` and those that it replaced that
 * `isMeant` accepts, or null.
 */
export function keyMeant(
  key: string,
  isMeant: (id: string) => boolean,
  replacedBy: SubjectNames['replacedBy'],
): string | null {
  let one: string | null = key;
  while (one !== null && !isMeant(one)) one = replacedBy(one);
  return one;
}
