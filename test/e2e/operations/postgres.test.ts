import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { readConfig } from '../../../src/config/config.ts';
import { micros } from '../../../src/kernel/money.ts';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { openPrimary, type Primary } from '../../../src/node/primary.ts';
import { inspectStore, openStore } from '../../../src/node/store.ts';
import { findPostgres, startPostgres, type PostgresServer } from '../../contract/postgres-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendMessage, spentOf, until } from '../spending.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../../src/start.mjs', import.meta.url));
const programs = findPostgres();
const isMissing = programs === null && process.env['CI'] !== 'true';
const BUDGET = 'budget_pg';

describe('a gateway with its store in PostgreSQL', { skip: isMissing && 'needs PostgreSQL' }, () => {
  let server: PostgresServer;
  let node: TestNode;
  let primary: Primary;
  before(async () => {
    server = await startPostgres(programs ?? '');
    await createDatabase(server, 'ringfence');
    node = await startNode({ workers: 2, databaseUrl: urlOf(server, 'ringfence') });
    primary = node.primary;
  });
  after(async () => {
    await primary.close();
    await node.close();
    await server.stop();
  });

  const keyOf = () => node.keys.get('twilio/secret');
  /** Codes of the decisions that were seen. */
  const decisions = new Set<string>();
  const spent = () => spentOf(primary, BUDGET);

  async function send(): Promise<number> {
    const { status, code } = await sendMessage(node);
    decisions.add(code);
    return status;
  }

  /** As an app that tries again when it is told to: money that another process holds is on its way. */
  async function sendAtLast(): Promise<number> {
    let status = await send();
    for (let tries = 0; tries < 300 && status === 429; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      status = await send();
    }
    return status;
  }

  async function untilSpent(amount: number): Promise<void> {
    for (let tries = 0; tries < 300 && (await spent()) !== amount; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await spent(), amount);
  }

  it('spends a budget to its last cent over several processes, and no further', async () => {
    await allowMessages(primary, BUDGET, 12, { keys: [keyOf()?.id ?? ''] });
    const statuses = await Promise.all(Array.from({ length: 10 }, sendAtLast));
    assert.deepEqual([...new Set(statuses)], [201]);
    await untilSpent(10 * PRICE);
    assert.deepEqual((await primary.store.ledger.verify()).problems, []);
  });

  it('goes on where it was after a restart', async () => {
    const { config, paths } = primary;
    await primary.close();
    const keyRing = { kind: 'file', path: paths.keyRing } as const;
    primary = await openPrimary({ config, keyRing, databaseUrl: urlOf(server, 'ringfence'), say: () => {} });
    await primary.start();
    const statuses = [await sendAtLast(), await sendAtLast(), await sendAtLast()];
    assert.deepEqual(statuses, [201, 201, 403]);
    await untilSpent(12 * PRICE);
    // What the last one really cost is loaded a moment after what it may cost.
    const { problems, totals } = await until(async () => {
      const found = await primary.store.ledger.verify();
      return found.totals.some(({ state }) => state === 'reserved') ? null : found;
    });
    assert.deepEqual(problems, []);
    const committed = totals.filter(({ state }) => state === 'committed');
    assert.deepEqual(
      committed.map(({ amount, rows }) => [amount, rows]),
      [[12 * PRICE, 12]],
    );
    assert.equal(node.sandbox.bill.totals().find(({ vendor }) => vendor === 'twilio')?.amount, 12 * PRICE);
  });

  it('rides out an outage of the database: nothing is sent that no slice covers, nothing sent is lost', async () => {
    const before = await spent();
    const budgets = await primary.store.budgets.list();
    const budget = budgets.find(({ id }) => id === BUDGET);
    assert.ok(budget);
    await primary.store.budgets.put({ ...budget, limit: micros(10_000 * PRICE) });
    await primary.refreshBudgets();
    decisions.clear();
    const statuses: number[] = [];
    let isRunning = true;
    const traffic = Array.from({ length: 4 }, async () => {
      while (isRunning) {
        statuses.push(await send());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.end();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await until(async () => (decisions.has('budget_unavailable') ? true : null));
    await server.restart();
    const seen = statuses.length;
    await until(async () => (statuses.includes(201, seen) ? true : null)).finally(() => (isRunning = false));
    await Promise.all(traffic);
    const sent = statuses.filter((status) => status === 201).length;
    assert.deepEqual([...decisions].toSorted(), ['allowed', 'budget_unavailable']);
    await untilSpent((before ?? 0) + sent * PRICE);
    assert.deepEqual((await primary.store.ledger.verify()).problems, []);
    const billed = node.sandbox.bill.totals().find(({ vendor }) => vendor === 'twilio')?.amount;
    assert.equal(billed, (before ?? 0) + sent * PRICE);
  });

  it('tells how it is while the database is away', async (t) => {
    const token = (await ensureAdminToken(primary)) ?? '';
    t.after(await startAdminServer(primary, () => {}));
    const headers = { authorization: `Bearer ${token}` };
    const status = async () =>
      (await fetch(`http://127.0.0.1:${node.ports.admin}/v1/status`, { headers })).json() as Promise<Told>;
    assert.deepEqual((await status()).store, { engine: 'postgres', state: 'ok', problem: null });
    await server.end();
    t.after(() => server.restart());
    const told = await until(async () => {
      const found = await status();
      return found.store?.state === 'failed' ? found : null;
    });
    assert.match(told.store?.problem ?? '', /store cannot be reached|server is starting or stopping/);
    assert.equal(told.workers.filter(({ state }) => state === 'ok').length, 2);
    assert.deepEqual([...new Set(told.journals.map(({ unshipped }) => unshipped))], [null]);
    assert.match(told.alarms.join(), /canaries .* are not shown/);
    const metrics = await (await fetch(`http://127.0.0.1:${node.ports.admin}/metrics`, { headers })).text();
    assert.match(metrics, /^ringfence_requests_total\{node="w0"\} \d+$/m);
    assert.doesNotMatch(metrics, /^ringfence_leases/m);
  });

  it('keeps nothing of the store on its own disk', async () => {
    const files = await readdir(primary.config.data);
    assert.deepEqual(
      files.filter((name) => name.endsWith('.db')),
      [],
    );
  });

  it('is refused the store of another gateway, whose journals it does not have', async () => {
    const data = await mkdtemp(join(tmpdir(), 'ringfence-pg-'));
    const config = readConfig({ data, store: { kind: 'postgres' } });
    await assert.rejects(openStore(config, urlOf(server, 'ringfence')), {
      code: 'conflict',
      message: /belongs to another gateway.*\/ringfence\)\. Start it with the data directory/,
    });
    await rm(data, { recursive: true });
  });
});

describe('a store in PostgreSQL that cannot be used', { skip: isMissing && 'needs PostgreSQL' }, () => {
  let server: PostgresServer;
  let data: string;
  before(async () => {
    server = await startPostgres(programs ?? '');
    data = await mkdtemp(join(tmpdir(), 'ringfence-pg-'));
  });
  after(async () => {
    await server.stop();
    await rm(data, { recursive: true });
  });

  const open = (url: string | undefined, store: object = {}) =>
    openStore(readConfig({ data, store: { kind: 'postgres', ...store } }), url);

  it('says what to do', async () => {
    await assert.rejects(open(undefined), {
      code: 'config_invalid',
      message: /set RINGFENCE_DATABASE_URL, or store\.urlFile/,
    });
    await assert.rejects(open(urlOf(server, 'nothing')), {
      code: 'store_unavailable',
      message: /\/nothing cannot be used: Create the database first/,
    });
    await assert.rejects(open('postgres://a:hidden@127.0.0.1:1/x'), {
      code: 'store_unavailable',
      message: /127\.0\.0\.1:1\/x cannot be used: Nothing listens there/,
    });
    await assert.rejects(open(undefined, { urlFile: join(data, 'none') }), {
      message: /urlFile: .*none cannot be read/,
    });
  });

  it('is not begun in a database that cannot hold every text', async () => {
    await createDatabase(server, `latin ENCODING 'LATIN1' TEMPLATE template0`);
    const message = /encoding LATIN1: create it with ENCODING 'UTF8'/;
    await assert.rejects(open(urlOf(server, 'latin')), { code: 'config_invalid', message });
  });

  it('is not spoken to in clear on another machine', async () => {
    const message = /add \?sslmode=verify-full/;
    for (const url of [
      'postgres://u:hidden@db.example/x',
      'postgres://u:hidden@db.example/x?sslmode=disable',
    ])
      await assert.rejects(open(url), { code: 'config_invalid', message });
  });

  it('never has its password in a message', async () => {
    for (const url of [
      'postgres://u:hidden@127.0.0.1:1/x',
      'postgres://u:hidden@db.example/x',
      'mysql://u:hidden@h/x',
    ])
      await assert.rejects(open(url), (error: Error) => {
        assert.ok(!JSON.stringify([error.message, String(error.cause)]).includes('hidden'));
        return true;
      });
  });

  it('is what `doctor` finds, with the file that names it', async () => {
    const urlFile = join(data, 'url');
    await writeFile(urlFile, `${urlOf(server, 'nothing')}\n`);
    const config = join(data, 'ringfence.yaml');
    await writeFile(config, JSON.stringify({ data, store: { kind: 'postgres', urlFile } }));
    const { stdout } = await run(process.execPath, [MAIN, 'doctor', '--config', config]).catch(
      (error: { readonly stdout: string }) => error,
    );
    assert.match(stdout, /Create the database first/);
  });

  it('is looked at by `doctor`, and neither made, claimed nor migrated', async () => {
    await createDatabase(server, 'looked_at');
    const url = urlOf(server, 'looked_at');
    const here = join(data, 'nowhere');
    const config = readConfig({ data: here, store: { kind: 'postgres' } });
    assert.equal(await inspectStore(config, url), 'nothing');
    assert.equal(existsSync(here), false);
    const [mine, other] = [join(data, 'mine'), join(data, 'other')].map((folder) =>
      readConfig({ data: folder, store: { kind: 'postgres' } }),
    );
    assert.ok(mine !== undefined && other !== undefined);
    await (await openStore(mine, url)).close();
    assert.equal(await inspectStore(mine, url), 'current');
    await assert.rejects(inspectStore(other, url), { code: 'conflict', message: /another gateway/ });
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('DELETE FROM migration WHERE version > 1');
    assert.equal(await inspectStore(mine, url), 'older');
    assert.equal((await client.query('SELECT max(version) FROM migration')).rows[0].max, '1');
    await client.query('INSERT INTO migration (version, applied_at) VALUES (99, 0)');
    await assert.rejects(inspectStore(mine, url), { code: 'store_newer' });
    await client.end();
  });
});

interface Told {
  readonly store?: { readonly state: string; readonly problem: string | null };
  readonly workers: readonly { readonly state: string }[];
  readonly journals: readonly { readonly unshipped: number | null }[];
  readonly alarms: readonly string[];
}

function urlOf({ host, user }: PostgresServer, database: string): string {
  return `postgres://${user}@localhost/${database}?host=${host}`;
}

async function createDatabase({ host, user }: PostgresServer, name: string): Promise<void> {
  const client = new Client({ host, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}
