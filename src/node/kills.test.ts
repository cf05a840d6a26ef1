import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { RingfenceError } from '../kernel/errors.ts';
import { createKeyedLock } from '../kernel/keyed-lock.ts';
import type { KillRecord } from '../store/records.ts';
import { createKills, type Kills } from './kills.ts';

const killOf = (id: string): KillRecord => ({
  id,
  scope: 'all',
  target: '',
  reason: '',
  actor: 'ada',
  createdAt: 1,
});

/** A store that can be away, and one gateway after another over the same disk. */
async function openWorld(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-kills-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'kill-switches.json');
  const stored = new Map<string, KillRecord>();
  const told: (readonly string[])[] = [];
  const said: string[] = [];
  const refused = new Set<string>();
  const store = {
    isAway: false,
    list: () => answer(() => [...stored.values()]),
    get: (id: string) => answer(() => stored.get(id) ?? null),
    put: (kill: KillRecord) => answer(() => void stored.set(kill.id, kill), kill.id),
    remove: (id: string) => answer(() => stored.delete(id)),
  };
  async function answer<T>(give: () => T, id = ''): Promise<T> {
    if (store.isAway || refused.has(id)) throw new RingfenceError('store_unavailable');
    return give();
  }
  async function start(place = path): Promise<Kills> {
    const kills = createKills({
      kills: store,
      path: place,
      lock: createKeyedLock(),
      broadcast: async (part) =>
        void told.push('all' in part ? part.all.map((one) => (one as KillRecord).id) : []),
      say: (line) => void said.push(line),
      patience: () => new Promise(() => {}),
    });
    await kills.open();
    return kills;
  }
  return { path, store, stored, told, said, refused, start };
}

describe('kill switches', () => {
  it('are in force before the store is asked', async (t) => {
    const { store, told, start } = await openWorld(t);
    const kills = await start();
    const stored = Promise.withResolvers<undefined>();
    store.put = () => stored.promise;
    const putOn = kills.on(killOf('one'));
    assert.deepEqual(told, [['one']]);
    assert.deepEqual(
      kills.part().all.map(({ id }) => id),
      ['one'],
    );
    stored.resolve(undefined);
    await putOn;
  });

  it('leave nothing on disk once they are stored', async (t) => {
    const { path, stored, start } = await openWorld(t);
    const kills = await start();
    assert.equal((await kills.on(killOf('one'))).kept, 'store');
    assert.deepEqual([...stored.keys()], ['one']);
    assert.equal(existsSync(path), false);
  });

  it('outlive the gateway while the store is away, and are stored by the next one', async (t) => {
    const { path, store, stored, start } = await openWorld(t);
    store.isAway = true;
    assert.equal((await (await start()).on(killOf('one'))).kept, 'disk');
    const kills = await start();
    assert.deepEqual(
      kills.list().map(({ id, kept }) => [id, kept]),
      [['one', 'disk']],
    );
    await assert.rejects(kills.storeRest(), { code: 'store_unavailable' });
    store.isAway = false;
    await kills.storeRest();
    assert.deepEqual([...stored.keys()], ['one']);
    assert.equal(existsSync(path), false);
    assert.deepEqual(
      kills.list().map(({ kept }) => kept),
      ['store'],
    );
  });

  it('are not lifted, and not journaled as lifted, while the store is away', async (t) => {
    const { store, told, start } = await openWorld(t);
    const kills = await start();
    await kills.on(killOf('one'));
    let acts = 0;
    const act = async (): Promise<void> => void (acts += 1);
    store.isAway = true;
    await assert.rejects(kills.lift('one', act), { code: 'store_unavailable' });
    await kills.on(killOf('two'));
    assert.deepEqual(told.at(-1), ['one', 'two']);
    await assert.rejects(kills.lift('two', act), { code: 'store_unavailable' });
    assert.equal(acts, 0);
    store.isAway = false;
    assert.equal(await kills.lift('one', act), true);
    assert.deepEqual(told.at(-1), ['two']);
    assert.equal(await kills.lift('none', act), false);
    assert.equal(acts, 1);
  });

  it('that were read before one more do not take its place', async (t) => {
    const { store, told, stored, start } = await openWorld(t);
    const kills = await start();
    const slow = Promise.withResolvers<KillRecord[]>();
    store.list = () => slow.promise;
    const read = kills.refresh();
    const put = kills.on(killOf('one'));
    setImmediate(() => slow.resolve([]));
    await Promise.all([read, put]);
    assert.deepEqual([...stored.keys()], ['one']);
    assert.deepEqual(told, [['one'], ['one']]);
    assert.deepEqual(
      kills.part().all.map(({ id }) => id),
      ['one'],
    );
  });

  it('that the store does not take hold up no other', async (t) => {
    const { path, refused, stored, start } = await openWorld(t);
    const kills = await start();
    refused.add('one');
    assert.equal((await kills.on(killOf('one'))).kept, 'disk');
    assert.equal((await kills.on(killOf('two'))).kept, 'store');
    assert.deepEqual([...stored.keys()], ['two']);
    assert.deepEqual(
      (JSON.parse(await readFile(path, 'utf8')) as KillRecord[]).map(({ id }) => id),
      ['one'],
    );
    assert.equal(await kills.lift('two', async () => {}), true, 'nor the lifting of it');
    await assert.rejects(
      kills.lift('one', async () => {}),
      { code: 'store_unavailable' },
    );
  });

  it('are in force, and said to be forgotten by a restart, where the disk takes nothing either', async (t) => {
    const { path, store, said, told, start } = await openWorld(t);
    const kills = await start(join(path, 'missing', 'file'));
    store.isAway = true;
    assert.equal((await kills.on(killOf('one'))).kept, 'memory');
    await assert.rejects(kills.storeRest());
    assert.deepEqual(told, [['one']]);
    assert.equal(said.length, 1);
    assert.match(said.join(), /cannot be kept on disk/);
  });

  it('on disk that cannot be read are not passed over', async (t) => {
    const { path, start } = await openWorld(t);
    for (const damaged of ['', '[{"id":', '{}', '[{"id":"one","scope":"some"}]']) {
      await writeFile(path, damaged);
      await assert.rejects(start(), { code: 'kills_unreadable', hint: /move it away/ }, damaged);
    }
  });
});
