import type { Money } from '../kernel/money.ts';

/**
 * What an answer of the vendor says about money.
 * - `accepted`: the vendor took it. `cost` is its price if the answer states it, else null (late price).
 * - `rejected`: the vendor refused, nothing is charged.
 * - `unknown`: nobody can tell (no answer, 5xx on a create): stays reserved until looked up.
 */
export interface Settlement {
  readonly outcome: 'accepted' | 'rejected' | 'unknown';
  readonly cost: Money | null;
  /** Ids of the resources that the vendor made, for later look-up. */
  readonly resourceIds: readonly string[];
}
