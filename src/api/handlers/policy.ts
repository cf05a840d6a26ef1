import { problemsOf } from '../../guard/policy/problems.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Handlers } from './handler.ts';

type Ids = 'policy.get' | 'policy.put' | 'policy.check' | 'policy.versions' | 'policy.rollback';

export const policyHandlers: Handlers<Ids> = {
  'policy.get': ({ services }) => services.policy.active(),
  'policy.put': ({ services, input, actor }) => services.policy.put(input.source, input.expected, actor),
  'policy.check': async ({ services, input }) => {
    const problems = problemsOf(() => services.policy.parse(input.source));
    return { valid: problems.length === 0, problems };
  },
  'policy.versions': async ({ services }) =>
    (await services.policy.list()).toSorted((one, other) => other.version - one.version),
  'policy.rollback': async ({ services, input, actor }) => {
    const { policy } = services;
    const earlier = (await policy.list()).find(({ version }) => version === input.version);
    if (earlier === undefined)
      throw new RingfenceError('not_found', `There is no policy version ${input.version}.`);
    const expected = input.expected ?? (await policy.active())?.version ?? 0;
    return policy.put(earlier.source, expected, actor);
  },
};
