import { parsePolicy } from '../guard/policy/document.ts';
import { compilePolicy } from '../guard/policy/policy.ts';
import type { PolicyDocument } from '../guard/policy/schema.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Store } from '../store/ports.ts';
import type { PolicyRecord } from '../store/records.ts';

export interface PolicyInForce {
  /** Null: nothing is allowed. */
  readonly document: PolicyDocument | null;
  /** Why the active policy is not in force; null where it is, or where there is none. */
  readonly problem: string | null;
}

/**
 * Parses and compiles policies, and remembers the last: one of 1,000 rules takes a second, and what is about to be in force
 * was just checked. Throws `config_invalid` and `input_invalid` that say what is wrong and where.
 */
export function createPolicyReader(): (source: string) => PolicyDocument {
  let last: { readonly source: string; readonly document: PolicyDocument } | null = null;
  return (source) => {
    if (last?.source !== source) {
      const document = parsePolicy(source);
      compilePolicy(document);
      last = { source, document };
    }
    return last.document;
  };
}

/**
 * Reads the active policy. One that an earlier version took and this one refuses is not in force, in no part: nothing is
 * allowed then. It does not keep the gateway from starting, as only a gateway that runs takes a better one. Each text is
 * parsed once, and here: a long one takes a second, in which a process would answer no request. Its number does not tell it
 * from others: a database that failed over to an older copy gives it anew.
 */
export function createPolicyInForce(
  { policies }: Pick<Store, 'policies'>,
  read = createPolicyReader(),
): () => Promise<PolicyInForce> {
  let known: (PolicyInForce & Pick<PolicyRecord, 'version' | 'source'>) | null = null;
  return async () => {
    const active = await policies.active();
    if (active === null) return { document: null, problem: null };
    const { version, source } = active;
    if (known?.version !== version || known.source !== source)
      known = { version, source, ...judge(active, read) };
    return known;
  };
}

function judge(active: PolicyRecord, read: ReturnType<typeof createPolicyReader>): PolicyInForce {
  try {
    return { document: read(active.source), problem: null };
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    const problem = `policy ${active.version} is not in force, so nothing is allowed: ${error.message} Correct it and apply it again.`;
    return { document: null, problem };
  }
}
