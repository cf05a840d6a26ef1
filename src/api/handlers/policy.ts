import { problemsOf } from '../../guard/policy/problems.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { PolicyService } from '../services/policy.ts';
import type { Handlers } from './handler.ts';

type Ids = 'policy.get' | 'policy.put' | 'policy.check' | 'policy.versions' | 'policy.rollback';

export const policyHandlers: Handlers<Ids> = {
  'policy.get': ({ services }) => services.policy.active(),
  'policy.put': ({ services, input, actor }) => put(services.policy, input, actor),
  'policy.check': async ({ services, input }) => {
    const { policy } = services;
    const problems = problemsOf(() => policy.parse(input.source));
    const valid = problems.length === 0;
    return { valid, problems, warnings: valid ? await policy.warnings(policy.parse(input.source)) : [] };
  },
  'policy.versions': async ({ services }) =>
    (await services.policy.list()).toSorted((one, other) => other.version - one.version),
  'policy.rollback': async ({ services, input, actor }) => {
    const { policy } = services;
    const earlier = (await policy.list()).find(({ version }) => version === input.version);
    if (earlier === undefined)
      throw new RingfenceError('not_found', `There is no policy version ${input.version}.`);
    const expected = input.expected ?? (await policy.active())?.version ?? 0;
    return put(policy, { source: earlier.source, expected }, actor);
  },
};

interface Wanted {
  readonly source: string;
  readonly expected: number;
}

async function put(policy: PolicyService, { source, expected }: Wanted, actor: string) {
  const warnings = await policy.warnings(policy.parse(source));
  return { ...(await policy.put(source, expected, actor)), warnings };
}
