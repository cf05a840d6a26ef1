import { createLimits } from '../../guard/limits/limits.ts';
import type { Usage } from '../../guard/limits/rate.ts';
import { compilePolicy, NO_POLICY } from '../../guard/policy/policy.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Part } from './messages.ts';

/**
 * What all data-plane processes have taken from the rate limits, so that one that dies and comes back does not start
 * with full buckets. It lives in the primary and ends with it.
 */
export interface UsageMemory {
  /** Follows the policy that is in force. */
  apply(part: Part): void;
  note(usage: readonly Usage[]): void;
  recall(): readonly Usage[];
}

export function createUsageMemory(clock: Pick<Clock, 'monotonic'>): UsageMemory {
  const limits = createLimits({ clock });
  return Object.freeze({
    apply(part: Part) {
      if (part.kind === 'policy') limits.configure(compilePolicy(part.document ?? NO_POLICY).limits);
    },
    note: limits.merge,
    recall: limits.snapshot,
  });
}
