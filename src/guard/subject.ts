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
  /** Id of the key that a key has replaced; null for one that came in no other's place. */
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

/** What is said of a key holds for those that replace it: the id of it, or of one in whose place it came, that is meant. */
export function keyMeant(
  key: string,
  isMeant: (id: string) => boolean,
  replacedBy: SubjectNames['replacedBy'],
): string | null {
  let one: string | null = key;
  while (one !== null && !isMeant(one)) one = replacedBy(one);
  return one;
}
