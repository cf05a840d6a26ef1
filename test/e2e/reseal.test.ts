import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { openAccount } from '../../src/custody/open.ts';
import { startNode } from './node-fixture.ts';

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
    const broken = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n';
    if (all.includes('privateKey'))
      await assert.rejects(accounts.reseal(account.id, { privateKey: broken }), { code: 'input_invalid' });
    assert.deepEqual(await accounts.get(account.id), account);
    const real = Object.fromEntries(all.map((name) => [name, node.real(vendor)[name] ?? '']));
    assert.notEqual((await accounts.reseal(account.id, real)).sealed, account.sealed);
  }
});
