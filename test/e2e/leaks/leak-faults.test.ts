import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { Secret } from '../../../src/kernel/secret.ts';
import { openAccount } from '../../../src/custody/open.ts';
import type { FaultKind } from '../../../src/sandbox/faults.ts';
import type { RotationRecord } from '../../../src/custody/rotation/record.ts';
import { startNode, type TestNode } from '../node-fixture.ts';

const WATCH = 2000;
/** A watch ends with the first refusal, which a slow machine takes its time for. */
const UNTIL_REFUSED = 60_000;
/** Vendor, secret, and where the vendor makes and ends it. */
const ROTATIONS = [
  ['twilio', 'apiKeySecret', '/Keys.json', 'DELETE', '/Keys/'],
  ['twilio', 'authToken', '/AuthTokens/Secondary', 'POST', '/AuthTokens/Promote'],
  ['vonage', 'apiSecret', '/secrets', 'DELETE', '/secrets/'],
] as const;
const TROUBLES: readonly FaultKind[] = ['lost-answer', 'error-after', 'error-before', 'rate-limit'];

describe('rotation at vendors in trouble', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());
  afterEach(() => {
    node.sandbox.faults.clear();
  });

  async function accountOf(vendor: string): Promise<string> {
    const all = await node.primary.accounts.list();
    return all.find(({ name }) => name === `sandbox-${vendor}`)?.id ?? '';
  }

  async function rotate(vendor: string, secret: string, isForced = false): Promise<RotationRecord> {
    const account = await accountOf(vendor);
    const request = { account, secret, actor: 'test', reason: 'asked', watch: WATCH, isForced };
    await node.primary.rotations.start(request);
    const record = await node.primary.rotations.settled(account);
    assert.ok(record !== null);
    assert.equal((await node.primary.accounts.test(account)).accepted, true, 'what is in use works');
    return record;
  }

  for (const [vendor, secret, made, method, ended] of ROTATIONS)
    it(`${vendor} ${secret}: whatever happens to one request, it comes to its end`, async () => {
      for (const kind of secret === 'apiKeySecret' ? TROUBLES : TROUBLES.slice(0, 1)) {
        node.sandbox.faults.clear();
        node.sandbox.faults.add({ kind, vendor, method: 'POST', path: made, count: 1 });
        node.sandbox.faults.add({ kind, vendor, method, path: ended, count: 1 });
        const record = await rotate(vendor, secret);
        assert.equal(record.phase, 'done', `${kind}: ${record.problem ?? ''}`);
        assert.equal(
          node.sandbox.faults.list().every(({ hits }) => hits === 1),
          true,
          `${kind} struck`,
        );
      }
    });

  it('goes back when an app may not do with the new key what it did with the old one', async () => {
    // The key that the account began with may read the account; the one that the API makes may not.
    const fresh = node.sandbox.accounts.create({ vendor: 'twilio' });
    const account = await sealed('twilio', fresh.credentials);
    const { accountSid = '', authToken = '' } = await keyFor(account);
    const read = async (): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
      const url = `${node.gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}.json`;
      return (await fetch(url, { headers: { authorization } })).status;
    };
    await allow('{ id: account, effect: allow, what: { effects: [read, secret, admin] } }');
    assert.equal(await read(), 200);
    const app = setInterval(() => void read(), 100);
    try {
      const request = { account, secret: 'apiKeySecret', actor: 'test', reason: 'asked' };
      await node.primary.rotations.start({ ...request, watch: UNTIL_REFUSED });
      const record = await node.primary.rotations.settled(account);
      assert.equal(record?.phase, 'rolled-back');
      assert.match(record.problem ?? '', /refused requests of apps/);
      assert.equal(await read(), 200, 'the app goes on');
      assert.equal(await secretOf(account), fresh.credentials['apiKeySecret']);
      await node.primary.rotations.start({ ...request, watch: WATCH, isForced: true });
      assert.equal((await node.primary.rotations.settled(account))?.phase, 'done');
    } finally {
      clearInterval(app);
    }
  });

  it('an account whose credential is dead already changes nothing and says what to do', async () => {
    const fresh = node.sandbox.accounts.create({ vendor: 'vonage' });
    const { apiKey = '' } = fresh.credentials;
    const account = await sealed('vonage', { apiKey, apiSecret: 'Wrong1Secret2Here' });
    await node.primary.rotations.start({ account, secret: null, actor: 'test', reason: 'asked' });
    const record = await node.primary.rotations.settled(account);
    assert.equal(record?.phase, 'rolled-back');
    assert.match(record.problem ?? '', /answered 401, so there is no second credential/);
  });

  it('two secrets at the vendor already: nothing is ended, and the reason is told', async () => {
    const fresh = node.sandbox.accounts.create({ vendor: 'vonage' });
    const { apiKey = '', apiSecret = '' } = fresh.credentials;
    const account = await sealed('vonage', { apiKey, apiSecret });
    const headers = {
      authorization: `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`,
      'content-type': 'application/json',
    };
    const url = `${node.vendor}/_host/api.nexmo.com/accounts/${apiKey}/secrets`;
    const made = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ secret: 'Second1Secret2' }),
    });
    assert.equal(made.status, 201);
    await node.primary.rotations.start({ account, secret: 'apiSecret', actor: 'test', reason: 'asked' });
    const record = await node.primary.rotations.settled(account);
    assert.equal(record?.phase, 'rolled-back');
    assert.match(record.problem ?? '', /two secrets already/);
    const listed = await (await fetch(url, { headers })).text();
    assert.equal(listed.match(/"created_at"/g)?.length, 2);
  });

  it('policy may have a leak answered at once', async () => {
    const account = await accountOf('vonage');
    await changePolicy((source) => `${source}leaks: { respond: all }\n`);
    const leaked = await secretOf(account, 'apiSecret');
    const finding = { rule: 'r', vendor: 'v', title: 't', remedy: '', places: ['mail'] };
    const [leak] = await node.primary.leaks.report([{ ...finding, value: new Secret(leaked) }], 'test');
    assert.equal(leak?.state, 'responding');
    assert.equal((await node.primary.rotations.settled(account))?.phase, 'done');
    assert.equal((await node.primary.leaks.get(leak.id)).state, 'resolved');
    assert.notEqual(await secretOf(account, 'apiSecret'), leaked);
  });

  const allow = async (rule: string): Promise<void> =>
    changePolicy((source) => source.replace('rules:\n', `rules:\n  - ${rule}\n`));

  async function changePolicy(edit: (source: string) => string): Promise<void> {
    const active = await node.primary.store.policies.active();
    const source = edit(active?.source ?? '');
    await node.primary.store.policies.put({ source, createdAt: 0, actor: 'test' }, active?.version ?? 0);
    await node.primary.refreshPolicy();
  }

  async function sealed(vendor: string, credentials: Readonly<Record<string, string>>): Promise<string> {
    const fields = new Set(node.primary.registry.byId(vendor)?.custody.fields.map(({ name }) => name));
    const values = Object.fromEntries(Object.entries(credentials).filter(([name]) => fields.has(name)));
    const name = `fresh-${vendor}-${randomUUID()}`;
    return (await node.primary.accounts.seal({ vendor, name, values, upstream: node.vendor })).id;
  }

  async function keyFor(account: string): Promise<Readonly<Record<string, string>>> {
    const request = { app: 'app_test', account, name: 'fresh', lifetime: null, networks: [] };
    const { credential } = await node.primary.keys.create(request);
    const parts = Object.entries(credential.parts).map(([name, part]) => [
      name,
      part instanceof Secret ? part.reveal() : part,
    ]);
    return Object.fromEntries(parts) as Record<string, string>;
  }

  async function secretOf(account: string, name = 'apiKeySecret'): Promise<string> {
    const record = await node.primary.accounts.get(account);
    return openAccount(node.primary.sealers.account, record).secrets[name]?.reveal() ?? '';
  }
});
