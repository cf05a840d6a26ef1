import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from './format.ts';
import { openJournal } from './journal.ts';
import {
  createBench,
  incident,
  intent,
  isSigned,
  newDirectory,
  nextTurn,
  nobodyLives,
  openFor,
  signText,
} from './journal-fixture.ts';
import { MIN_SEGMENT_BYTES } from './segment-writer.ts';
import { nodeFiles, type JournalFiles } from './system.ts';
import { findRecord, readJournal } from './tail.ts';
import { verifyJournal } from './verify.ts';

interface Counted {
  readonly files: JournalFiles;
  readonly counts: { writes: number; syncs: number };
  /** Syncs wait until the test lets them through. */
  hold(): () => void;
}

function countFiles(): Counted {
  const counts = { writes: 0, syncs: 0 };
  let held: (() => void)[] | null = null;
  return {
    counts,
    hold() {
      held = [];
      return () => {
        const waiting = held ?? [];
        held = null;
        for (const go of waiting) go();
      };
    },
    files: {
      ...nodeFiles,
      writeSync(...parameters) {
        counts.writes += 1;
        return nodeFiles.writeSync(...parameters);
      },
      fdatasync(fd, done) {
        counts.syncs += 1;
        const go = (): void => nodeFiles.fdatasync(fd, done);
        if (held === null) go();
        else held.push(go);
      },
    },
  };
}

test('a new journal opens epoch 1 with an open record and a signed checkpoint, then counts positions up', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  assert.equal(journal.epoch, 1);
  assert.equal(journal.position(), 2);
  assert.equal(journal.append(incident(1)), 2);
  assert.equal(journal.append(JSON.stringify(incident(2))), 3);
  await journal.close();
  assert.equal(journal.state(), 'closed');
  const types = (await Array.fromAsync(readJournal(directory))).map(({ record }) => record.type);
  assert.deepEqual(types, ['open', 'checkpoint', 'incident', 'incident', 'checkpoint', 'close']);
});

test('all records of a turn are written in one step, then told in order; the sync comes after', async (t) => {
  const { files, counts, hold } = countFiles();
  const journal = await openFor(t, { directory: newDirectory(t), files });
  const before = { ...counts };
  const release = hold();
  const told: string[] = [];
  for (let index = 0; index < 50; index += 1) {
    const position = journal.append(intent(index), () => told.push(`written ${index}`));
    if (index % 25 === 0) journal.onDurable(position, () => told.push(`durable ${index}`));
  }
  assert.equal(counts.writes, before.writes);
  await nextTurn();
  assert.equal(counts.writes, before.writes + 1);
  assert.deepEqual(
    told,
    Array.from({ length: 50 }, (_, index) => `written ${index}`),
  );
  release();
  await journal.flush();
  assert.deepEqual(told.slice(50), ['durable 0', 'durable 25']);
});

test('one sync is in flight at a time, and everything written meanwhile shares the next', async (t) => {
  const { files, counts, hold } = countFiles();
  const journal = await openFor(t, { directory: newDirectory(t), files });
  const before = counts.syncs;
  const release = hold();
  for (let turn = 0; turn < 10; turn += 1) {
    journal.append(incident(turn));
    await nextTurn();
  }
  assert.equal(counts.syncs, before + 1);
  release();
  await journal.flush();
  assert.equal(counts.syncs, before + 2);
});

test('a record that is on disk already calls back at once', async (t) => {
  const journal = await openFor(t, { directory: newDirectory(t) });
  const position = journal.append(incident(1));
  await journal.flush();
  let told: unknown = 'not yet';
  journal.onDurable(position, (error) => (told = error));
  assert.equal(told, null);
});

test('a callback that throws keeps nobody else waiting', async (t) => {
  const bench = createBench();
  let run: (() => void) | null = null;
  const scheduler = { ...bench.scheduler, immediate: (work: () => void) => void (run = work) };
  const opening = openFor(t, { directory: newDirectory(t), scheduler });
  const pump = setInterval(() => run?.(), 1);
  const journal = await opening;
  clearInterval(pump);
  const told: number[] = [];
  journal.append(incident(1), () => told.push(1));
  journal.append(incident(2), () => {
    throw new Error('a bug');
  });
  journal.append(incident(3), () => told.push(3));
  assert.throws(() => run?.(), /a bug/);
  assert.deepEqual(told, [1, 3]);
  const rest = setInterval(() => run?.(), 1);
  t.after(() => clearInterval(rest));
  await journal.close();
});

test('records go on over many segments and read back the same', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  const padding = 'å'.repeat(2_000);
  for (let index = 0; index < 400; index += 1) {
    journal.append(incident(index, padding));
    if (index % 20 === 0) await nextTurn();
  }
  await journal.close();
  const segments = readdirSync(directory).filter((name) => name.endsWith('.journal'));
  assert.ok(segments.length > 5, String(segments.length));
  assert.deepEqual(
    readdirSync(directory).filter((name) => !name.endsWith('.journal')),
    [],
    'nothing else stays behind',
  );
  const read = await Array.fromAsync(readJournal(directory));
  assert.deepEqual(
    read.map(({ position }) => position),
    read.map((_, index) => index),
  );
  const own = read.flatMap(({ record }) => (record.type === 'incident' ? [record.at] : []));
  assert.deepEqual(
    own,
    Array.from({ length: 400 }, (_, index) => index),
  );
  assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null);
  for (const place of [read[0], read[57], read.at(-1)])
    assert.deepEqual(place && (await findRecord(directory, place)), place);
  assert.equal(await findRecord(directory, { epoch: 1, position: 1_000 }), null);
  assert.equal(await findRecord(directory, { epoch: 2, position: 0 }), null);
});

test('each life is a new epoch on new files, linked to the hash where the last one ended', async (t) => {
  const directory = newDirectory(t);
  for (let life = 1; life <= 3; life += 1) {
    const journal = await openFor(t, { directory });
    assert.equal(journal.epoch, life);
    journal.append(incident(life));
    await journal.close();
  }
  const read = await Array.fromAsync(readJournal(directory));
  const opens = read.flatMap(({ record }) => (record.type === 'open' ? [record.previous] : []));
  const ends = [1, 2].map((epoch) => toHex(read.findLast((one) => one.epoch === epoch)?.head ?? ''));
  assert.deepEqual(opens, ['', ...ends]);
});

test('an epoch that the store knows of is never used again, even when the directory was lost', async (t) => {
  const journal = await openFor(t, { directory: newDirectory(t), afterEpoch: 41 });
  assert.equal(journal.epoch, 42);
});

test('a record that was never finished is left out, and its bytes stay as they are', async (t) => {
  const directory = newDirectory(t);
  const first = await openFor(t, { directory });
  first.append(incident(1));
  await first.flush();
  const path = join(directory, '00000001-000000000000.journal');
  const file = readFileSync(path);
  const used = file.findLastIndex((byte) => byte !== 0) + 1;
  file.write('{"type":"torn', used + 48);
  file.writeUInt32LE(500, used);
  writeFileSync(path, file);
  const second = await openFor(t, { directory, processes: nobodyLives });
  assert.equal(second.epoch, 2);
  await second.close();
  assert.deepEqual(readFileSync(path), file);
  const result = await verifyJournal({ directory, node: 'w0', anchors: [], isSigned });
  assert.equal(result.fault, null);
  assert.deepEqual(
    result.torn.map(({ epoch, position }) => ({ epoch, position })),
    [{ epoch: 1, position: 3 }],
  );
});

test('damage that no crash explains is journaled by the next life, and does not stop it', async (t) => {
  const directory = newDirectory(t);
  const first = await openFor(t, { directory });
  for (let index = 0; index < 5; index += 1) first.append(incident(index, 'find me'));
  await first.flush();
  const path = join(directory, '00000001-000000000000.journal');
  const file = readFileSync(path);
  file.write('FIND', file.indexOf('find me'));
  writeFileSync(path, file);
  const second = await openFor(t, { directory, processes: nobodyLives });
  await second.close();
  const found = await findRecord(directory, { epoch: 2, position: 2 });
  assert.equal(found?.record.type, 'incident');
  assert.match(JSON.stringify(found?.record), /journal_damaged.*w0-1-2/);
});

test('the space that an ended epoch did not use is given back', async (t) => {
  const directory = newDirectory(t);
  const killed = await openFor(t, { directory });
  await killed.flush();
  const path = (epoch: number): string => join(directory, `0000000${epoch}-000000000000.journal`);
  assert.equal(statSync(path(1)).size, MIN_SEGMENT_BYTES);
  const closed = await openFor(t, { directory, processes: nobodyLives });
  assert.ok(statSync(path(1)).size < 2_000);
  await closed.close();
  assert.ok(statSync(path(2)).size < 2_000);
});

test('a directory belongs to one node and to one live process', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  await assert.rejects(openFor(t, { directory }), { code: 'conflict' });
  await journal.close();
  await assert.rejects(openFor(t, { directory, node: 'w1' }), { code: 'conflict' });
  await (await openFor(t, { directory })).close();
});

test('checkpoints come after so many records, and each second while there is something to sign', async (t) => {
  const directory = newDirectory(t);
  const bench = createBench();
  const journal = await openFor(t, { directory, checkpointEvery: 10, scheduler: bench.scheduler });
  for (let index = 0; index < 35; index += 1) journal.append(incident(index));
  bench.tick();
  await journal.flush();
  const after = journal.position();
  bench.tick();
  bench.tick();
  await journal.flush();
  assert.equal(journal.position(), after, 'nothing to sign, nothing written');
  const read = await Array.fromAsync(readJournal(directory));
  const places = read.flatMap(({ position, record }) => (record.type === 'checkpoint' ? [position] : []));
  assert.deepEqual(places, [1, 12, 23, 34, 40]);
});

test('a record beyond 64 KiB is a bug of the caller and takes no position', async (t) => {
  const journal = await openFor(t, { directory: newDirectory(t) });
  const position = journal.position();
  assert.throws(() => journal.append(incident(1, 'x'.repeat(66_000))), { code: 'internal' });
  assert.throws(() => journal.append(incident(1, 'å'.repeat(40_000))), { code: 'internal' });
  assert.throws(() => journal.append(''), { code: 'internal' });
  assert.equal(journal.append(incident(1, 'x'.repeat(65_000))), position);
  await journal.flush();
});

test('large records of one turn, more than the buffer holds, all arrive', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  const written: number[] = [];
  for (let index = 0; index < 40; index += 1)
    journal.append(incident(index, 'ö'.repeat(30_000)), () => written.push(index));
  await journal.close();
  assert.deepEqual(
    written,
    Array.from({ length: 40 }, (_, index) => index),
  );
  const read = await Array.fromAsync(readJournal(directory));
  assert.equal(read.filter(({ record }) => record.type === 'incident').length, 40);
});

test('a closed journal takes nothing, and closing twice is closing once', async (t) => {
  const journal = await openFor(t, { directory: newDirectory(t) });
  await Promise.all([journal.close(), journal.close()]);
  assert.throws(() => journal.append(incident(1)), { code: 'journal_unavailable' });
  assert.equal(journal.accepts(), false);
});

test('settings that cannot work are refused before anything is touched', async () => {
  const { clock } = createBench();
  const good = { directory: '/nonexistent', node: 'w0', clock, boot: 'b', version: '1', sign: signText };
  for (const bad of [
    { node: '' },
    { node: '../w0' },
    { segmentBytes: 4096 },
    { checkpointEvery: 0 },
    { checkpointEvery: 5_000 },
    { boot: 'a b' },
  ])
    await assert.rejects(openJournal({ ...good, ...bad }), { code: 'config_invalid' });
});

test('the files can be read by their owner alone', async (t) => {
  const directory = newDirectory(t);
  await openFor(t, { directory });
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  for (const name of readdirSync(directory))
    assert.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
});

test('files of others in the directory are left alone', async (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'notes.txt'), 'mine');
  writeFileSync(join(directory, '1.prepared'), 'left by a killed process');
  await (await openFor(t, { directory })).close();
  assert.deepEqual(readdirSync(directory).toSorted(), ['00000001-000000000000.journal', 'notes.txt']);
});
