import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import type { Store } from '../ports.ts';
import { inspectSqliteStore } from './inspect.ts';
import { backupSqliteStore } from './backup.ts';
import { openSqliteStore } from './open.ts';

const clock = { wall: () => 1_764_000_000_000 };

describe('opening a SQLite store', () => {
  let directory: string;
  let path: string;
  const opened: Store[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
    path = join(directory, 'data', 'store.db');
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(changes: { maximumBytes?: number } = {}): Promise<Store> {
    const store = await openSqliteStore({ path, clock, ...changes });
    opened.push(store);
    return store;
  }

  it('creates the file for its owner only', async () => {
    await open();
    for (const name of readdirSync(join(directory, 'data')))
      assert.equal(statSync(join(directory, 'data', name)).mode & 0o077, 0, name);
  });

  it('keeps nothing in its files of a record that was replaced or removed', async () => {
    const store = await open();
    for (const length of [300, 1500, 9000, 40_000]) {
      await store.settings.put('secret', 'sealed-text'.padEnd(length, 'x'));
      await store.settings.put('beside it', 'x'.repeat(length));
      await store.settings.put('secret', '');
    }
    await store.close();
    assert.ok(!readFileSync(path, 'latin1').includes('sealed-text'));
  });

  it('refuses a store that is open already, until it is closed', async () => {
    const first = await open();
    await assert.rejects(open(), {
      code: 'store_unavailable',
      message: /open in another process: stop that gateway first/,
    });
    await first.close();
    await open();
  });

  it('refuses a store that another process has open', async () => {
    await open();
    const result = await runChild(`openSqliteStore({ path, clock })`, path);
    assert.match(result, /store_unavailable.*open in another process/);
  });

  it('refuses a store of a later version and leaves it alone', async () => {
    await (await open()).close();
    edit(path, 'PRAGMA user_version = 99');
    await assert.rejects(open(), { code: 'store_newer', message: /version 99/ });
  });

  it('is looked at without being opened, and nothing is left beside it', async () => {
    assert.equal(await inspectSqliteStore(path), 'nothing');
    await (await open()).close();
    const files = readdirSync(join(directory, 'data'));
    assert.equal(await inspectSqliteStore(path), 'current');
    edit(path, 'PRAGMA user_version = 1');
    assert.equal(await inspectSqliteStore(path), 'older');
    edit(path, 'PRAGMA user_version = 99');
    await assert.rejects(inspectSqliteStore(path), { code: 'store_newer', message: /version 99/ });
    writeFileSync(path, 'junk');
    await assert.rejects(inspectSqliteStore(path), { code: 'store_unavailable', message: /not a store/ });
    assert.deepEqual(readdirSync(join(directory, 'data')), files);
  });

  it('is told to be cut short when it is looked at, unless its end is still in the log', async () => {
    await (await open()).close();
    const whole = statSync(path).size;
    truncateSync(path, whole - 1);
    const cut = { code: 'store_unavailable', message: new RegExp(`${path} .*cut short.* backup`) };
    await assert.rejects(inspectSqliteStore(path), cut);
    truncateSync(path, 100);
    await assert.rejects(inspectSqliteStore(path), cut);
    writeFileSync(`${path}-wal`, 'pages');
    assert.equal(await inspectSqliteStore(path), 'current');
  });

  it('names what lies in its place when that cannot be read', async () => {
    mkdirSync(path, { recursive: true });
    await assert.rejects(inspectSqliteStore(path), { code: 'store_unavailable', message: new RegExp(path) });
  });

  it("refuses another program's database", async () => {
    await (await open()).close();
    edit(path, 'PRAGMA application_id = 7');
    await assert.rejects(open(), { code: 'store_unavailable', message: /another program/ });
    rmSync(path);
    edit(path, 'CREATE TABLE theirs (id INTEGER)');
    await assert.rejects(open(), { code: 'store_unavailable', message: /another program/ });
  });

  it('refuses a file that is no database, and a path that is no file', async () => {
    await (await open()).close();
    writeFileSync(path, 'x'.repeat(8_192));
    await assert.rejects(open(), { code: 'store_unavailable', message: /not a store/ });
    rmSync(path);
    path = join(directory, 'data');
    await assert.rejects(open(), { code: 'store_unavailable' });
    path = '/dev/null/store.db';
    await assert.rejects(open(), { code: 'store_unavailable' });
  });

  it('says so when the file is damaged, and stops using it', async () => {
    const store = await open();
    for (let id = 0; id < 1_000; id++)
      await store.apps.put({ id: `app_${id}`, name: `${id} ${'x'.repeat(500)}`, createdAt: 1 });
    await store.close();
    damage(path);
    const again = await open();
    const damaged = { code: 'store_unavailable', message: /damaged/ };
    await assert.rejects(again.apps.list(), damaged);
    await assert.rejects(again.settings.put('a', 'b'), damaged);
    assert.match((await again.ledger.verify()).problems.join(), /file:/);
  });

  it('says so when the disk is full, keeps what it had, and goes on when there is room', async () => {
    const store = await open({ maximumBytes: 400_000 });
    await store.settings.put('kept', 'yes');
    const big = store.settings.put('big', 'x'.repeat(500_000));
    await assert.rejects(big, { code: 'store_unavailable', message: /disk is full/ });
    const crowd = [store.settings.put('neighbour', 'x'), store.settings.put('big', 'x'.repeat(500_000))];
    for (const result of await Promise.allSettled(crowd)) assert.equal(result.status, 'rejected');
    assert.equal(await store.settings.get('kept'), 'yes');
    assert.equal(await store.settings.get('neighbour'), null);
    await store.settings.put('neighbour', 'small');
    assert.deepEqual((await store.ledger.verify()).problems, []);
  });

  it('refuses a file that it may not write', { skip: process.getuid?.() !== 0 }, async () => {
    await (await open()).close();
    chmodSync(directory, 0o755);
    chmodSync(join(directory, 'data'), 0o755);
    for (const name of readdirSync(join(directory, 'data'))) chmodSync(join(directory, 'data', name), 0o444);
    const result = await runChild(`openSqliteStore({ path, clock })`, path, 65_534);
    assert.match(result, /store_unavailable.*(read-only|cannot be)/);
    assert.ok(result.includes(path), result);
    assert.match(result, /-shm/);
  });

  it('answers everything that was asked before it was closed, and nothing afterwards', async () => {
    const store = await open();
    const asked = [store.settings.put('a', '1'), store.settings.put('b', '2'), store.settings.get('b')];
    await Promise.all([store.close(), store.close()]);
    assert.equal((await Promise.all(asked))[2], '2');
    await assert.rejects(store.settings.get('a'), { code: 'store_unavailable', message: /closed/ });
    await assert.rejects(store.ledger.list({ limit: 1 }), { code: 'store_unavailable', message: /closed/ });
  });

  it('rejects what cannot be stored without harming its neighbours', async () => {
    const store = await open();
    const odd = { limit: 1, key: (() => 'key') as unknown as string };
    await assert.rejects(store.ledger.list(odd), { code: 'input_invalid' });
    await store.settings.put('a', '1');
    assert.equal(await store.settings.get('a'), '1');
  });

  describe('backup', () => {
    it('copies a snapshot that opens as a store, while the original goes on', async () => {
      const store = await open();
      await store.settings.put('when', 'before');
      const target = join(directory, 'copy.db');
      const copying = backupSqliteStore(path, target);
      await store.settings.put('later', 'x');
      await copying;
      assert.equal(statSync(target).mode & 0o077, 0);
      const copy = await openSqliteStore({ path: target, clock });
      opened.push(copy);
      assert.equal(await copy.settings.get('when'), 'before');
      assert.deepEqual((await copy.ledger.verify()).problems, []);
    });

    it('is one snapshot however many steps it takes, and does not begin anew when something is written meanwhile', async () => {
      const store = await open();
      for (let at = 0; at < 24; at += 1) await store.settings.put(`before${at}`, 'x'.repeat(1_000_000));
      const [steps, target] = [[] as number[], join(directory, 'copy.db')];
      const writing: Promise<void>[] = [];
      await backupSqliteStore(path, target, (done) => {
        steps.push(done);
        writing.push(store.settings.put(`during${steps.length}`, 'x'));
      });
      await Promise.all(writing);
      assert.ok(steps.length >= 2 && steps.every((done, at) => done > (steps[at - 1] ?? 0)), steps.join());
      const copy = await openSqliteStore({ path: target, clock });
      opened.push(copy);
      assert.equal(await copy.settings.get('during1'), null);
      assert.deepEqual((await copy.ledger.verify()).problems, []);
    });

    it('never overwrites a file, and leaves no half of one', async () => {
      await open();
      await assert.rejects(backupSqliteStore(path, path), { code: 'conflict' });
      await assert.rejects(backupSqliteStore(path, join(directory, 'missing', 'copy.db')), {
        code: 'store_unavailable',
      });
      assert.deepEqual(readdirSync(directory), ['data']);
    });
  });

  it('pages through 100,000 keys and finds names among them quickly', async () => {
    const store = await open();
    const start = process.cpuUsage();
    const ids = Array.from({ length: 100_000 }, (_, index) => `key_${String(index).padStart(6, '0')}`);
    for (let at = 0; at < ids.length; at += 5_000)
      await Promise.all(
        ids.slice(at, at + 5_000).map((id) => store.keys.put({ ...KEY, id, name: id, index: id })),
      );
    await store.keys.touch(new Map(ids.map((id) => [id, 7])));
    let count = 0;
    for (let page = await store.keys.page('', 5_000); page.length > 0; count += page.length)
      page = await store.keys.page(page.at(-1)?.id ?? '', 5_000);
    assert.ok(count >= 95_000, `${count}`);
    assert.ok(process.cpuUsage(start).user < 60_000_000, 'took too long');
  });
});

const KEY = {
  app: 'app_1',
  account: 'account_1',
  vendor: 'example',
  kind: 'secret',
  publicId: null,
  sealed: null,
  expiresAt: null,
  networks: [],
  state: 'active',
  replaces: null,
  createdAt: 1,
  revokedAt: null,
  lastUsedAt: null,
} as const;

function edit(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Writes garbage over the second half. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  const size = statSync(path).size;
  for (let page = Math.ceil(size / 8_192) * 4_096; page < size; page += 4_096)
    writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, page);
  closeSync(file);
}

/** Opens the store in another process and returns what happened there. */
async function runChild(expression: string, path: string, user?: number): Promise<string> {
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
    const [path, clock] = [${JSON.stringify(path)}, { wall: () => 1 }];
    await ${expression}.then((store) => store.close(), (error) => console.log(error.code, error.message));`;
  const options = user === undefined ? {} : { uid: user, gid: user };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...options,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}
