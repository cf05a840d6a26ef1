import type { PolicyJudgement } from '../../cli/context.ts';
import { problemsOf } from '../../guard/policy/problems.ts';
import { checkReferences } from '../../guard/policy/references.ts';
import { policyWarnings } from '../../guard/policy/warnings.ts';
import { VENDORS } from '../../vendors/index.ts';
import { createPolicyReader } from '../policy-in-force.ts';

/** What a gateway of this version would say of a policy, whatever apps, keys and accounts it has. */
export function checkPolicy(source: string): PolicyJudgement {
  const read = createPolicyReader();
  const problems = problemsOf(() => checkReferences(read(source), VENDORS));
  return { problems, warnings: problems.length === 0 ? policyWarnings(read(source), null) : [] };
}
