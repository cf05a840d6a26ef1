import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDatabase, type Database } from './database.ts';
import { createEngine, type Engine, type Method } from './engine.ts';
import { checkStore, migrate } from './migrate.ts';
import { createRunner, type Request } from './runner.ts';
import { MIGRATIONS } from './schema.ts';

let directory: string;
let database: Database;
let path: string;

function openNew(): void {
  directory = mkdtempSync(join(tmpdir(), 'store-'));
  path = join(directory, 'store.db');
  database = openDatabase({ path, readOnly: false });
}

function dispose(): void {
  database.close();
  rmSync(directory, { recursive: true, force: true });
}

function request(method: Method, ...values: readonly unknown[]): Request {
  return { id: Math.floor(performance.now() * 1_000), method, values };
}

describe('running requests that arrive together', () => {
  let statements: string[];
  let engine: Engine;

  beforeEach(() => {
    openNew();
    migrate(database, MIGRATIONS, 1);
    statements = [];
    const original = database;
    const exec = (sql: string): void => {
      statements.push(sql);
      original.exec(sql);
    };
    const recorded = { ...original, exec };
    engine = createEngine(recorded);
    database = recorded;
  });
  afterEach(dispose);

  it('commits many writes once', async () => {
    const run = createRunner(database, engine);
    const requests = Array.from({ length: 20 }, (_, index) =>
      request('putSetting', `name ${index}`, 'value'),
    );
    await run(requests);
    assert.equal(statements.filter((sql) => sql === 'COMMIT').length, 1);
  });

  it('opens no transaction for reads', async () => {
    const run = createRunner(database, engine);
    await run([request('getSetting', 'a'), request('openLeases')]);
    assert.deepEqual(statements, []);
  });

  it('lets a read see the writes before it', async () => {
    const run = createRunner(database, engine);
    const replies = await run([request('putSetting', 'a', '1'), request('getSetting', 'a')]);
    assert.deepEqual(
      replies.map((reply) => ('value' in reply ? reply.value : reply.fault)),
      [undefined, '1'],
    );
  });

  it('never touches the file again after the disk failed', async () => {
    const failing = Object.assign(new Error('disk I/O error'), { errcode: 1034, code: 'ERR_SQLITE_ERROR' });
    const broken = {
      ...engine,
      writes: {
        ...engine.writes,
        settle: () => {
          throw failing;
        },
      },
    };
    const run = createRunner(database, broken);
    for (const one of [request('settle'), request('putSetting', 'a', '1'), request('getSetting', 'a')]) {
      const [reply] = await run([one]);
      assert.ok(reply !== undefined && 'fault' in reply);
      assert.equal(reply.fault.code, 'store_unavailable');
      assert.match(reply.fault.message, /disk failed under the store: see .* restart/);
    }
    assert.deepEqual(statements, ['BEGIN IMMEDIATE', 'ROLLBACK']);
  });
});

describe('migrating', () => {
  beforeEach(openNew);
  afterEach(dispose);

  const FIRST = 'CREATE TABLE one (id INTEGER)';
  const SECOND = 'CREATE TABLE two (id INTEGER); INSERT INTO two VALUES (2)';

  it('applies what is missing, in order, once', () => {
    migrate(database, [FIRST], 10);
    migrate(database, [FIRST, SECOND], 20);
    migrate(database, [FIRST, SECOND], 30);
    assert.equal(checkStore(database, 2), 2);
    assert.deepEqual(
      database
        .all('SELECT version, applied_at FROM migration')
        .map((row) => [row['version'], row['applied_at']]),
      [
        [1, 10],
        [2, 20],
      ],
    );
    assert.equal(database.all('SELECT id FROM two').length, 1);
  });

  it('leaves the store at a whole version when a migration fails in its middle', () => {
    migrate(database, [FIRST], 10);
    assert.throws(() => migrate(database, [FIRST, `${SECOND}; INSERT INTO nowhere VALUES (1)`], 20));
    assert.equal(checkStore(database, 2), 1);
    assert.throws(() => database.all('SELECT id FROM two'));
    migrate(database, [FIRST, SECOND], 30);
    assert.equal(checkStore(database, 2), 2);
  });

  it('refuses a later version', () => {
    migrate(database, [FIRST, SECOND], 10);
    assert.throws(() => migrate(database, [FIRST], 20), { code: 'store_newer' });
  });
});
