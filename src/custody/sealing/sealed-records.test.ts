import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import { acme, custodyFixture } from '../custody-fixture.ts';
import { createVirtualKeys } from '../virtual-keys.ts';
import { addRingKey, createKeyRing, dropOldRingKeys, generateKeyRing } from './key-ring.ts';
import { rekey } from './rekey.ts';
import { sealedAccounts, sealedKeys, sealedSettings } from './sealed-records.ts';
import { createSealer, type Purpose } from './sealer.ts';

async function setUp() {
  const { options } = await custodyFixture();
  const ringSources = { random: options.random, now: 0 };
  const oldRing = generateKeyRing(ringSources);
  const newRing = addRingKey(oldRing, ringSources);
  const sealerOf = (ring: string, purpose: Purpose) =>
    createSealer({ keyRing: createKeyRing(ring), random: options.random, purpose });
  const account = await options.accounts.get('account_1');
  assert.ok(account !== null);
  const sealed = sealerOf(oldRing, 'account').seal({ token: new Secret('realtoken') }, account.id);
  await options.accounts.put({ ...account, sealed });
  const keys = createVirtualKeys({
    ...options,
    sealer: sealerOf(oldRing, 'key'),
    custodyOf: () => acme.custody,
    announce: () => Promise.resolve(),
  });
  const request = { app: 'app_1', account: 'account_1', lifetime: null, networks: [] };
  const made = [await keys.create({ ...request, name: 'a' }), await keys.create({ ...request, name: 'b' })];
  await options.settings.put('one', sealerOf(oldRing, 'setting').seal({ seed: new Secret('s') }, 'one'));
  await options.settings.put('cleared', '');
  const names = () => Promise.resolve(['one', 'cleared', 'never written']);
  const sources = [
    sealedAccounts(options.accounts, sealerOf(newRing, 'account'), options.lock),
    sealedKeys(options.keys, sealerOf(newRing, 'key'), options.lock),
    sealedSettings(options.settings, sealerOf(newRing, 'setting'), { names, lock: options.lock }),
  ];
  return { options, sources, made, keys, latest: dropOldRingKeys(newRing), sealerOf };
}

test('accounts, keys and settings all move to the newest ring key', async () => {
  const { options, sources, made, latest, sealerOf } = await setUp();
  assert.deepEqual(await rekey({ sources }), { rewrapped: 4, current: 0, failed: [] });
  const account = await options.accounts.get('account_1');
  assert.equal(
    sealerOf(latest, 'account')
      .open(account?.sealed ?? '', 'account_1')
      ['token']?.reveal(),
    'realtoken',
  );
  for (const { record, credential } of made) {
    const now = await options.keys.get(record.id);
    const verifier = sealerOf(latest, 'key').open(now?.sealed ?? '', record.id)['verifier'];
    assert.equal(verifier?.reveal(), credential.verifier.reveal());
  }
  const setting = (await options.settings.get('one')) ?? '';
  assert.equal(sealerOf(latest, 'setting').open(setting, 'one')['seed']?.reveal(), 's');
  assert.equal(await options.settings.get('cleared'), '');
});

test('a key that is revoked while re-keying runs stays revoked', async () => {
  const { options, sources, made, keys } = await setUp();
  await Promise.all([rekey({ sources }), ...made.map(({ record }) => keys.revoke(record.id))]);
  for (const { record } of made) assert.equal((await options.keys.get(record.id))?.state, 'revoked');
});
