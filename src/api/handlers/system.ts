import { RingfenceError } from '../../kernel/errors.ts';
import type { Handlers } from './handler.ts';

type Ids = 'status.get' | 'ca.get' | 'probe.expected' | 'metrics.get' | 'health.live' | 'health.ready';

export const systemHandlers: Handlers<Ids> = {
  'status.get': ({ services }) => services.system.status(),
  'ca.get': ({ services }) => services.system.ca(),
  'probe.expected': ({ services, input }) => {
    const expected = services.system.probe(input.nonce);
    if (expected === null)
      throw new RingfenceError('input_invalid', 'The nonce must be 22 to 64 letters of base64url.');
    return Promise.resolve({ expected });
  },
  'metrics.get': ({ services }) => services.system.metrics(),
  'health.live': () => Promise.resolve({ live: true as const }),
  'health.ready': async ({ services }) => {
    if (await services.system.ready()) return { ready: true };
    throw new RingfenceError('not_ready');
  },
};
