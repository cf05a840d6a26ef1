import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openAccount, sealAccount } from '../../../src/custody/open.ts';
import { plainParts } from '../../../src/custody/plain-parts.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import type { Primary } from '../../../src/node/primary.ts';
import type { AccountRecord } from '../../../src/store/records.ts';
import { ALLOWED, startNode, type TestNode } from '../node-fixture.ts';
import { until } from '../spending.ts';

const POLICY = `version: 1
mode: enforce
rules: [{ id: all, effect: allow, what: { actions: [message.send] } }]
limits: [{ id: one, per: account, concurrency: 1 }]
`;
/** Looks like one, and is none: cut off when it was copied. */
const BROKEN = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';

function tokenOf({ applicationId = '', privateKey = '' }: Readonly<Record<string, string>>): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { application_id: applicationId, iat: now, exp: now + 600, jti: randomUUID() };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** As an earlier version sealed it, which did not look. */
async function breakKey({ store, sealers, supervisor }: Primary, record: AccountRecord): Promise<void> {
  const { secrets } = openAccount(sealers.account, record);
  const sealed = sealAccount(sealers.account, record, { ...secrets, privateKey: new Secret(BROKEN) });
  await store.accounts.put({ ...record, sealed });
  await supervisor.broadcast({ kind: 'accounts', all: await store.accounts.list() });
}

describe('a request that cannot be given its credential', () => {
  let node: TestNode;
  let parts: Readonly<Record<string, string>>;
  before(async () => {
    node = await startNode();
    const { primary } = node;
    const values = {
      apiKey: 'abcd1234',
      apiSecret: 'secret-of-test',
      applicationId: '00000000-0000-0000-0000-000000000000',
      privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    };
    const made = { vendor: 'vonage', name: 'broken', values, upstream: node.vendor, currency: 'EUR' };
    const record = await primary.accounts.seal(made);
    const account = record.id;
    await breakKey(primary, record);
    const request = { app: 'app_test', account, name: 'broken', lifetime: null, networks: [] };
    parts = plainParts((await primary.keys.create({ ...request, kind: 'rs256' })).credential);
    await primary.store.policies.put({ source: POLICY, createdAt: 0, actor: 'test' }, 1);
    await primary.refreshPolicy();
  });
  after(() => node.close());

  async function send(): Promise<string> {
    const body = JSON.stringify({
      to: ALLOWED.slice(1),
      from: 'x',
      channel: 'sms',
      message_type: 'text',
      text: 'x',
    });
    const authorization = `Bearer ${tokenOf(parts)}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${node.gateway}/api.nexmo.com/v1/messages`, {
      method: 'POST',
      headers,
      body,
    });
    await response.body?.cancel();
    return response.headers.get('ringfence-decision') ?? '';
  }

  it('holds neither a place in a limit nor money', async () => {
    for (let count = 0; count < 3; count++) assert.match(await send(), /code=internal/);
    const { ledger } = node.primary.store;
    const rows = await until(async () => {
      const found = await ledger.list({ limit: 10 });
      return found.length === 3 ? found : null;
    });
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['released', 'released', 'released'],
    );
  });
});
