import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { openAccount } from '../../../src/custody/open.ts';
import { startNode } from '../node-fixture.ts';

const BROKEN = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const WRONG: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  twilio: [
    ['authToken', '0'.repeat(32)],
    ['apiKeySecret', 'x'.repeat(32)],
  ],
  vonage: [
    ['apiSecret', 'wrongSecret1'],
    ['privateKey', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ],
};

test('a new secret is proven by itself, whatever else the account has that the vendor would accept', async (t) => {
  const node = await startNode();
  t.after(() => node.close());
  const { accounts, sealers } = node.primary;
  for (const [vendor, secrets] of Object.entries(WRONG)) {
    const account = (await accounts.list()).find((one) => one.vendor === vendor);
    assert.ok(account);
    const all = Object.keys(openAccount(sealers.account, account).secrets);
    assert.deepEqual(all.toSorted(), secrets.map(([name]) => name).toSorted());
    for (const [name, value] of secrets)
      await assert.rejects(accounts.reseal(account.id, { [name]: value }), { code: 'vendor_refused' }, name);
    if (all.includes('privateKey'))
      await assert.rejects(accounts.reseal(account.id, { privateKey: BROKEN }), { code: 'input_invalid' });
    assert.deepEqual(await accounts.get(account.id), account);
    const real = Object.fromEntries(all.map((name) => [name, node.real(vendor)[name] ?? '']));
    assert.notEqual((await accounts.reseal(account.id, real)).sealed, account.sealed);
  }
});

test('an account is not sealed without a secret that could be used', async (t) => {
  const node = await startNode();
  t.after(() => node.close());
  const { accounts } = node.primary;
  const count = (await accounts.list()).length;
  const applicationId = '00000000-0000-4000-8000-000000000000';
  const key = { apiKey: 'abcd1234', apiSecret: 'someSecret1' };
  for (const [vendor, values] of [
    ['twilio', { accountSid: `AC${'0'.repeat(32)}` }],
    [
      'twilio',
      { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), apiKeySecret: 'x'.repeat(32) },
    ],
    ['vonage', {}],
    ['vonage', { ...key, applicationId, privateKey: BROKEN }],
  ] as const)
    await assert.rejects(accounts.seal({ vendor, name: 'new', values }), { code: 'input_invalid' });
  assert.equal((await accounts.list()).length, count);
});
