import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { openPrimary, type Primary } from '../../../src/node/primary.ts';
import { findPostgres, startPostgres, type PostgresServer } from '../../contract/postgres-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { sendMessage, until } from '../spending.ts';

const programs = findPostgres();
const isMissing = programs === null && process.env['CI'] !== 'true';

interface Kill {
  readonly id: string;
  readonly kept: string;
}

describe('a kill switch while PostgreSQL is away', { skip: isMissing && 'needs PostgreSQL' }, () => {
  let server: PostgresServer;
  let node: TestNode;
  let primary: Primary;
  let headers: Record<string, string>;
  let stopAdmin: () => Promise<void>;
  before(async () => {
    server = await startPostgres(programs ?? '');
    const client = new Client({ host: server.host, user: server.user, database: 'postgres' });
    await client.connect();
    await client.query('CREATE DATABASE ringfence');
    await client.end();
    node = await startNode({ workers: 2, databaseUrl: urlOf() });
    ({ primary } = node);
    const token = (await ensureAdminToken(primary)) ?? '';
    headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    stopAdmin = await startAdminServer(primary, () => {});
  });
  after(async () => {
    await stopAdmin();
    await primary.close();
    await node.close();
    await server.stop();
  });

  const urlOf = () => `postgres://${server.user}@localhost/ringfence?host=${server.host}`;
  const call = async (method: string, path: string, body?: object) => {
    const url = `http://127.0.0.1:${node.ports.admin}/v1/${path}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, ...sent });
    return { status: response.status, told: await response.json() };
  };
  const kill = async (scope: string, target = '') => {
    const { status, told } = await call('POST', 'kills', { scope, target, reason: 'leak' });
    assert.equal(status, 201, JSON.stringify(told));
    return told as Kill;
  };
  const stored = async () => (await primary.store.kills.list()).map(({ id }) => id);
  /** Both processes are asked: connections are spread over them. */
  const codes = async () =>
    new Set((await Promise.all(Array.from({ length: 12 }, () => sendMessage(node)))).map(({ code }) => code));
  const lift = (id: string) => call('DELETE', `kills/${id}`);

  it('is in force at once, is said not to be stored, and is stored when the store is back', async () => {
    assert.deepEqual(await codes(), new Set(['allowed']));
    await server.end();
    const { id, kept } = await kill('all');
    assert.equal(kept, 'disk');
    assert.deepEqual(await codes(), new Set(['killed']));
    assert.deepEqual((await call('GET', 'kills')).told, [
      { ...((await call('GET', 'kills')).told as object[])[0], id, kept: 'disk' },
    ]);
    const { alarms } = (await call('GET', 'status')).told as { readonly alarms: readonly string[] };
    assert.match(alarms.join(), /kill switch \S+ is in force, but not stored yet; kept on disk/);
    assert.equal((await lift(id)).status, 503);
    assert.deepEqual(await codes(), new Set(['killed']));
    await server.restart();
    assert.deepEqual(await until(async () => ((await isListed(id)) ? [id] : null)), await stored());
    await until(async () => (existsSync(primary.paths.kills) ? null : true));
    assert.equal((await lift(id)).status, 200);
    assert.deepEqual(await codes(), new Set(['allowed']));
  });

  async function isListed(id: string): Promise<boolean> {
    const all = (await call('GET', 'kills')).told as readonly Kill[];
    return all.some((one) => one.id === id && one.kept === 'store');
  }

  for (const scope of ['app', 'account', 'key'] as const)
    it(`names ${scope}s as the processes know them, while the server says nothing`, async () => {
      const { id: key = '', app = '', account = '' } = node.keys.get('twilio/secret') ?? {};
      const names = {
        app: 'test',
        account: (await primary.accounts.list()).find(({ id }) => id === account)?.name,
        key: 'twilio-secret',
      };
      server.pause();
      const put = await kill(scope, names[scope]).finally(() => server.resume());
      assert.deepEqual({ ...put, kept: '' }, { ...put, target: { app, account, key }[scope], kept: '' });
      assert.deepEqual(await codes(), new Set(['killed']));
      await until(async () => ((await isListed(put.id)) ? true : null));
      assert.equal((await lift(put.id)).status, 200);
    });

  it('says of a revocation what works without the store', async () => {
    await server.end();
    const { status, told } = await call('POST', 'keys/twilio-secret/revoke', {});
    await server.restart();
    assert.equal(status, 503);
    assert.match((told as { readonly detail: string }).detail, /ringfence kill on --key twilio-secret/);
  });

  it('survives a restart of the gateway', async () => {
    await server.end();
    const { id } = await kill('vendor', 'twilio');
    await stopAdmin();
    await primary.close();
    await server.restart();
    const { config, paths } = primary;
    const keyRing = { kind: 'file', path: paths.keyRing } as const;
    primary = await openPrimary({ config, keyRing, databaseUrl: urlOf(), say: () => {} });
    await primary.start();
    stopAdmin = await startAdminServer(primary, () => {});
    assert.deepEqual(await codes(), new Set(['killed']));
    await until(async () => ((await isListed(id)) ? true : null));
    assert.deepEqual(await stored(), [id]);
  });
});
