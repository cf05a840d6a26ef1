import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import type { Config } from '../../../src/config/config.ts';
import { openPrimary, type Primary } from '../../../src/node/primary.ts';
import { findPostgres, startPostgres, type PostgresServer } from '../../contract/postgres-server.ts';
import { freePorts } from '../../free-ports.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendAtLast, sendMessage, spentOf, until } from '../spending.ts';

const programs = findPostgres();
const isMissing = programs === null && process.env['CI'] !== 'true';

describe('a gateway on a copy of a data folder', { skip: isMissing && 'needs PostgreSQL' }, () => {
  let server: PostgresServer;
  let node: TestNode;
  let copy: string;
  let config: Config;
  before(async () => {
    server = await startPostgres(programs ?? '');
    await edit('postgres', 'CREATE DATABASE ringfence');
    node = await startNode({ databaseUrl: urlOf() });
    await allowMessages(node.primary, 'b', 10);
    await sendAtLast(node);
    copy = await mkdtemp(join(tmpdir(), 'ringfence-copy-'));
    const { data } = node.primary.config;
    await cp(data, copy, { recursive: true, filter: (path) => !path.includes('lock') });
    config = { ...node.primary.config, data: copy, listeners: await listeners() };
  });
  after(async () => {
    await node.close();
    await server.stop();
    await rm(copy, { recursive: true, force: true });
  });

  const urlOf = () => `postgres://${server.user}@localhost/ringfence?host=${server.host}`;
  async function edit(database: string, sql: string): Promise<void> {
    const client = new Client({ host: server.host, user: server.user, database });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
  async function listeners(): Promise<Config['listeners']> {
    const [apps = 0, proxy = 0, tls = 0, admin = 0] = await freePorts(4);
    const { listeners: others } = node.primary.config;
    const at = (port: number) => ({ host: '127.0.0.1', port });
    return { ...others, apps: at(apps), proxy: at(proxy), tls: at(tls), admin: at(admin) };
  }
  const openCopy = (): Promise<Primary> =>
    openPrimary({
      config,
      keyRing: { kind: 'file', path: join(copy, 'key-ring') },
      databaseUrl: urlOf(),
      say: () => {},
    });

  it('is refused the store while the other one runs: each would spend the budgets of both', async () => {
    const { message } = await openCopy().then(
      () => assert.fail('both run'),
      (error: Error) => error,
    );
    assert.match(message, /Another gateway works on the store, with this data directory or a copy of it/);
  });

  it('is refused it also after the connections of the other one were cut', async () => {
    await edit(
      'ringfence',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
    await assert.rejects(openCopy(), { code: 'store_unavailable', message: /Another gateway/ });
  });

  it('and after the server was away', async () => {
    await server.interrupt(1000);
    const { settings } = node.primary.store;
    await until(() => settings.get('store.run').catch(() => null));
    await assert.rejects(openCopy(), { code: 'store_unavailable', message: /Another gateway/ });
    await until(async () => ((await sendMessage(node)).code === 'allowed' ? true : null));
  });

  it('has it when the other one has ended, which ends at once should it come back', async () => {
    const { primary } = node;
    await edit('ringfence', "UPDATE setting SET value = 'other' WHERE name = 'store.run'");
    assert.match((await primary.taken).message, /Another gateway/);
    await until(async () => (primary.supervisor.live() === 0 ? true : null));
    await primary.store.close();
    const second = await openCopy();
    await second.start();
    const spent = (await sent()) * PRICE;
    await until(async () => ((await spentOf(second, 'b')) === spent ? true : null));
    await second.close();
  });

  const sent = async () => node.sandbox.bill.totals()[0]?.rows ?? 0;
});
