import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { openDatabase, type Database } from '../../src/store/postgres/database.ts';
import { findPostgres, startPostgres, type PostgresServer } from './postgres-server.ts';

const programs = findPostgres();
const WAIT = 1_000;
const SILENT = {
  code: 'store_unavailable',
  message: /^The store did not answer in time: see whether its server is up/,
};
const whyNot = programs === null && process.env['CI'] !== 'true' && 'needs PostgreSQL';

describe('a PostgreSQL server that falls silent', { skip: whyNot, concurrency: true }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres(programs ?? '');
  });
  after(() => server.stop());

  /** One connection, over a way that can be cut. */
  async function open(t: TestContext): Promise<{ readonly way: Way; readonly database: Database }> {
    const way = await openWay(server);
    const url = `postgres://${server.user}@127.0.0.1:${way.port}/postgres`;
    const database = openDatabase({ url, connections: 1, waitMilliseconds: WAIT });
    t.after(async () => {
      way.close();
      await database.close();
    });
    return { way, database };
  }

  const WORKS: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
    statement: (database) => database.get('SELECT 1 AS one'),
    transaction: (database) => database.transaction((queries) => queries.get('SELECT 1 AS one')),
  };
  for (const [name, work] of Object.entries(WORKS))
    it(`is given up in a ${name}, and asked anew on another connection`, async (t) => {
      const { way, database } = await open(t);
      assert.deepEqual(await work(database), { one: 1 });
      way.silence();
      await assert.rejects(work(database), SILENT);
      assert.deepEqual(await work(database), { one: 1 });
    });

  for (const mode of ['write', 'snapshot', 'schema'] as const)
    it(`${mode === 'write' ? 'bounds' : 'does not bound'} what works for long in a transaction of the kind ${mode}`, async (t) => {
      const { database } = await open(t);
      const slow = database.transaction((queries) => queries.get(`SELECT 1 AS one FROM pg_sleep(7)`), mode);
      if (mode === 'write') await assert.rejects(slow, SILENT);
      else assert.deepEqual(await slow, { one: 1 });
    });

  it('says what to do when no connection is free, or none comes', async (t) => {
    const { database } = await open(t);
    const busy = database.all('SELECT pg_sleep(3)');
    await assert.rejects(database.all('SELECT 1'), SILENT);
    await busy;
    const other = await open(t);
    other.way.refuse();
    await assert.rejects(other.database.all('SELECT 1'), SILENT);
  });
});

interface Way {
  readonly port: number;
  /** Nothing goes on over the connections that are there. */
  silence(): void;
  /** The same, and for those that come. */
  refuse(): void;
  close(): void;
}

/** A way to the server that can be cut without a word. */
async function openWay({ host }: PostgresServer): Promise<Way> {
  let present = new Set<Socket>();
  let isRefusing = false;
  const relay = createServer((near) => {
    const far = connect(`${host}/.s.PGSQL.5432`);
    const mine = present;
    mine.add(near).add(far);
    const isSilent = () => mine !== present || isRefusing;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const)
      from
        .on('data', (bytes) => void (isSilent() || to.write(bytes)))
        .on('error', () => {})
        .on('close', () => to.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const { port } = relay.address() as AddressInfo;
  return {
    port,
    silence: () => void (present = new Set()),
    refuse: () => void (isRefusing = true),
    close() {
      for (const socket of present) socket.destroy();
      relay.close();
    },
  };
}
