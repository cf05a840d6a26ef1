import { generateKeyPairSync } from 'node:crypto';
import type { RandomBytes } from '../kernel/random.ts';
import type { IssueSources } from '../vendors/custody-adapter.ts';
import { makeVirtualSecret } from '../kernel/virtual-secret.ts';

/** Where adapters get fresh credentials from. An RSA pair takes about 50 ms: the control process alone makes them. */
export function createIssueSources(random: RandomBytes): IssueSources {
  return Object.freeze({
    virtualSecret: () => makeVirtualSecret(random),
    hex: (length: number) =>
      random(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    rsaKeyPair: () =>
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }),
  });
}
