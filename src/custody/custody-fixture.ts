import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { AccountRecord, AppRecord } from '../store/records.ts';
import type { CustodyAdapter, IssuedCredential, IssueSources } from '../vendors/custody-adapter.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { Secret } from '../kernel/secret.ts';
import { createKeyedLock } from '../kernel/keyed-lock.ts';
import { createKeyRing, generateKeyRing } from './sealing/key-ring.ts';
import { createSealer, type Purpose } from './sealing/sealer.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { sealAccount } from './open.ts';
import { memoryCollection, memoryKeys, memorySettings } from './store-fake.ts';

/** A made-up vendor that knows every kind of key. */
export const acme: Pick<Vendor, 'custody' | 'facts'> = {
  facts: {
    name: 'Acme',
    hosts: ['api.acme.example'],
    docs: '',
    statusPage: null,
    currency: 'EUR',
    disarming: [],
  },
  custody: {
    fields: [
      {
        name: 'sid',
        label: 'SID',
        secret: false,
        required: true,
        pattern: /^AC\d+$/,
        problem: 'It looks like AC1.',
      },
      {
        name: 'token',
        label: 'Token',
        secret: true,
        required: true,
        pattern: /^\w{8,}$/,
        problem: 'It has 8 letters.',
      },
      { name: 'extra', label: 'Extra', secret: true, required: false, pattern: /^\w+$/, problem: 'Letters.' },
    ],
    kinds: ['secret', 'hs256', 'rs256'],
    issue,
    test: ({ fields, secrets }) => ({
      request: {
        method: 'GET',
        host: 'api.acme.example',
        path: `/accounts/${fields['sid']}`,
        segments: ['accounts', fields['sid'] ?? ''],
        query: '',
        headers: { authorization: `Bearer ${secrets['token']?.reveal()}` },
        body: Buffer.alloc(0),
      },
      accepts: ({ status }) => status === 200,
    }),
    snippets: () => [],
    read: () => null,
    authorize: (request) => request,
    sealedAnswerFields: [],
  } satisfies CustodyAdapter,
};

function issue(
  kind: IssuedCredential['kind'],
  account: Readonly<Record<string, string>>,
  sources: IssueSources,
): IssuedCredential {
  const publicId = account['sid'] ?? null;
  if (kind === 'rs256') {
    const { privateKey, publicKey } = sources.rsaKeyPair();
    return { kind, publicId, parts: { privateKey: new Secret(privateKey) }, verifier: new Secret(publicKey) };
  }
  const secret = new Secret(kind === 'secret' ? sources.virtualSecret() : sources.hex(40));
  return { kind, publicId, parts: { sid: publicId ?? '', token: secret }, verifier: secret };
}

export interface Fixture {
  readonly clock: Clock & { ledgerTime: number; wallTime: number };
  readonly options: ReturnType<typeof optionsOf>;
}

/** Neighbours of the custody services: memory stores with one app and one account, a clock that stands still. */
export async function custodyFixture(): Promise<Fixture> {
  const clock = {
    ledgerTime: 1_000_000,
    wallTime: 5_000_000,
    wall: () => clock.wallTime,
    monotonic: () => 0,
    ledger: () => clock.ledgerTime,
  };
  const options = optionsOf(clock);
  await options.apps.put({ id: 'app_1', name: 'shop', createdAt: 0 });
  const destination = { id: 'account_1', vendor: 'acme', fields: { sid: 'AC1' }, upstream: null };
  const secrets = { token: new Secret('realtoken') };
  await options.accounts.put({
    ...destination,
    name: 'main',
    sealed: sealAccount(options.sealerOf('account'), destination, secrets),
    currency: 'EUR',
    createdAt: 0,
    testedAt: null,
  });
  return { clock, options };
}

function optionsOf(clock: Clock) {
  const keyRing = createKeyRing(generateKeyRing({ random: randomBytes, now: 0 }));
  const sealerOf = (purpose: Purpose) => createSealer({ keyRing, random: randomBytes, purpose });
  return {
    clock,
    random: randomBytes,
    keyRing,
    sealerOf,
    index: createKeyedHash(keyRing.derive('index')),
    lock: createKeyedLock(),
    apps: memoryCollection<AppRecord>(),
    accounts: memoryCollection<AccountRecord>(),
    keys: memoryKeys(),
    settings: memorySettings(),
  };
}
