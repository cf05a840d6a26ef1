import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { openPrimary } from '../../../src/node/primary.ts';
import { findPostgres, startPostgres, type PostgresServer } from '../../contract/postgres-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendAtLast, sendMessage, spentOf, until } from '../spending.ts';

const programs = findPostgres();
const isMissing = programs === null && process.env['CI'] !== 'true';
const BUDGET = 'budget_stop';
/** TimeoutStopSec in templates/ringfence.service is 30 seconds; requests under way have 10 of them. */
const WITHOUT_REQUESTS = 15_000;

describe('a stop while the database says nothing', { skip: isMissing && 'needs PostgreSQL' }, () => {
  let server: PostgresServer;
  let url: string;
  let node: TestNode;
  before(async () => {
    server = await startPostgres(programs ?? '');
    const client = new Client({ host: server.host, user: server.user, database: 'postgres' });
    await client.connect();
    await client.query('CREATE DATABASE ringfence');
    await client.end();
    url = `postgres://${server.user}@localhost/ringfence?host=${encodeURIComponent(server.host)}`;
    node = await startNode({ workers: 2, databaseUrl: url });
  });
  after(async () => {
    await node.close();
    await server.stop();
  });

  it('ends before whoever asked for it loses patience, and what was sent is booked by the next start', async () => {
    await allowMessages(node.primary, BUDGET, 100);
    assert.equal((await sendAtLast(node)).code, 'allowed');
    await until(async () => ((await spentOf(node.primary, BUDGET)) === PRICE ? true : null));
    server.pause();
    assert.equal((await sendMessage(node)).code, 'allowed');
    const began = performance.now();
    await node.primary.close();
    assert.ok(performance.now() - began < WITHOUT_REQUESTS, `${performance.now() - began} ms`);
    server.resume();
    const { config, paths } = node.primary;
    const keyRing = { kind: 'file', path: paths.keyRing } as const;
    // The run before did not come to say that it ended, and its connections are still there.
    const next = await until(() =>
      openPrimary({ config, keyRing, databaseUrl: url, say: () => {} }).catch(() => null),
    );
    await next.start();
    await until(async () => ((await spentOf(next, BUDGET)) === 2 * PRICE ? true : null));
    await next.close();
  });
});
