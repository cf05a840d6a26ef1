import { RingfenceError } from '../../kernel/errors.ts';
import type { Given } from '../contract.ts';
import type { PolicyService } from '../services.ts';
import type { Handlers } from './handler.ts';

type Ids = 'policy.get' | 'policy.put' | 'policy.check' | 'policy.versions' | 'policy.rollback';

export const policyHandlers: Handlers<Ids> = {
  'policy.get': ({ services }) => services.policy.active(),
  'policy.put': ({ services, input, actor }) => services.policy.put(input.source, input.expected, actor),
  'policy.check': ({ services, input }) => Promise.resolve(check(services.policy, input.source)),
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

function check(policy: PolicyService, source: string): Given<'policy.check'> {
  try {
    policy.parse(source);
    return { valid: true, problems: [] };
  } catch (error) {
    const isFinding =
      error instanceof RingfenceError && ['config_invalid', 'input_invalid'].includes(error.code);
    if (!isFinding) throw error;
    return { valid: false, problems: error.message.split('\n').filter((line) => line !== '') };
  }
}
