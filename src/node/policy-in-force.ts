import { parsePolicy } from '../guard/policy/document.ts';
import { compilePolicy } from '../guard/policy/policy.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Store } from '../store/ports.ts';

export interface PolicyInForce {
  /** Null: nothing is allowed. */
  readonly source: string | null;
  /** Why the active policy is not in force; null where it is, or where there is none. */
  readonly problem: string | null;
}

/**
 * The active policy. One that an earlier version took and this one refuses is not in force, in no part: nothing is allowed
 * then. It does not keep the gateway from starting, as only a gateway that runs takes a better one.
 */
export async function readPolicyInForce({ policies }: Pick<Store, 'policies'>): Promise<PolicyInForce> {
  const active = await policies.active();
  if (active === null) return { source: null, problem: null };
  try {
    compilePolicy(parsePolicy(active.source));
    return { source: active.source, problem: null };
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    const problem = `policy ${active.version} is not in force, so nothing is allowed: ${error.message} Correct it and apply it again.`;
    return { source: null, problem };
  }
}
