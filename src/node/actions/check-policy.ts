import { problemsOf } from '../../guard/policy/problems.ts';
import { checkReferences } from '../../guard/policy/references.ts';
import { VENDORS } from '../../vendors/index.ts';
import { createPolicyReader } from '../policy-in-force.ts';

/** What a gateway of this version would say of a policy. Empty: it would take it. */
export function checkPolicy(source: string): readonly string[] {
  const read = createPolicyReader();
  return problemsOf(() => checkReferences(read(source), VENDORS));
}
