import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import {
  createBench,
  incident,
  intent,
  isSigned,
  newDirectory,
  nextTurn,
  nobodyLives,
  openFor,
  until,
  released,
} from './journal-fixture.ts';
import type { JournalState } from './options.ts';
import { MIN_SEGMENT_BYTES } from './segment-writer.ts';
import { nodeFiles, type JournalFiles } from './system.ts';
import { readJournal } from './tail.ts';
import { verifyJournal } from './verify.ts';

type Call = 'openSync' | 'writeSync' | 'renameSync' | 'write' | 'fdatasync' | 'fsync' | 'statfs';

/** Real files; calls named in `broken` fail with the given code instead. */
function breakFiles(): {
  readonly files: JournalFiles;
  readonly broken: Map<Call, string>;
  readonly calls: Call[];
} {
  const broken = new Map<Call, string>();
  const calls: Call[] = [];
  const errorOf = (call: Call): Error | null => {
    calls.push(call);
    const code = broken.get(call);
    return code === undefined ? null : Object.assign(new Error(`${code}: simulated`), { code });
  };
  const check = (call: Call): void => {
    const error = errorOf(call);
    if (error !== null) throw error;
  };
  const files: JournalFiles = {
    ...nodeFiles,
    openSync(...parameters) {
      check('openSync');
      return nodeFiles.openSync(...parameters);
    },
    renameSync(...parameters) {
      check('renameSync');
      nodeFiles.renameSync(...parameters);
    },
    writeSync(...parameters) {
      check('writeSync');
      return nodeFiles.writeSync(...parameters);
    },
    write(...parameters) {
      const error = errorOf('write');
      if (error === null) nodeFiles.write(...parameters);
      else setImmediate(() => parameters[5](error, 0));
    },
    fdatasync(fd, done) {
      const error = errorOf('fdatasync');
      if (error === null) nodeFiles.fdatasync(fd, done);
      else setImmediate(() => done(error));
    },
    fsync(fd, done) {
      const error = errorOf('fsync');
      if (error === null) nodeFiles.fsync(fd, done);
      else setImmediate(() => done(error));
    },
  };
  return { files, broken, calls };
}

async function outcomesOf(
  journal: Awaited<ReturnType<typeof openFor>>,
  count: number,
): Promise<(string | null)[]> {
  const outcomes = Array.from({ length: count }, (_, index) => {
    const position = journal.append(intent(index));
    return new Promise<string | null>((resolve) =>
      journal.onDurable(position, (error) => resolve(error === null ? null : error.code)),
    );
  });
  return Promise.all(outcomes);
}

test('after a failed sync nobody is released, nothing is synced again, and the state says so', async (t) => {
  const { files, broken, calls } = breakFiles();
  const changes: [JournalState, string][] = [];
  const journal = await openFor(t, {
    directory: newDirectory(t),
    files,
    onChange: (state, cause) => changes.push([state, cause?.message ?? '']),
  });
  broken.set('fdatasync', 'EIO');
  assert.deepEqual(
    await outcomesOf(journal, 3),
    Array.from({ length: 3 }, () => 'journal_unavailable'),
  );
  assert.equal(journal.state(), 'failed');
  assert.equal(journal.accepts(), false);
  assert.match(String(changes), /^failed,The journal has failed: EIO/);
  broken.clear();
  const syncs = calls.filter((call) => call === 'fdatasync').length;
  assert.throws(() => journal.append(incident(9)), { code: 'journal_unavailable' });
  await assert.rejects(journal.flush(), { code: 'journal_unavailable' });
  await journal.close();
  assert.equal(
    calls.filter((call) => call === 'fdatasync').length,
    syncs,
    'a second sync would report success',
  );
});

test('records that wait for a later sync, or are only buffered, get the error too', async (t) => {
  const { files, broken } = breakFiles();
  const journal = await openFor(t, { directory: newDirectory(t), files });
  broken.set('fdatasync', 'EIO');
  const told: string[] = [];
  const note = (name: string) => (error: { readonly code: string } | null) =>
    told.push(`${name} ${error?.code}`);
  journal.onDurable(journal.append(incident(1)), note('syncing'));
  await nextTurn();
  journal.onDurable(journal.append(incident(2), note('written')), note('behind'));
  await until(() => told.length > 2);
  assert.deepEqual(told.filter((line) => !line.startsWith('written')).toSorted(), [
    'behind journal_unavailable',
    'syncing journal_unavailable',
  ]);
});

test('a failed write ends the epoch: those who wait for it to be written get the error', async (t) => {
  const { files, broken } = breakFiles();
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory, files });
  journal.append(incident(1));
  await journal.flush();
  broken.set('writeSync', 'EIO');
  const written = new Promise((resolve) => {
    journal.append(intent(2), (error) => resolve(error?.code));
  });
  assert.equal(await written, 'journal_unavailable');
  assert.equal(journal.state(), 'failed');
  await journal.close();
  const next = await openFor(t, { directory });
  assert.equal(next.epoch, 2);
  await next.close();
  assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null);
});

test('the name of a new segment that cannot be synced fails the epoch before anything in it is released', async (t) => {
  const { files, broken } = breakFiles();
  const journal = await openFor(t, { directory: newDirectory(t), files });
  broken.set('fsync', 'EIO');
  const padding = 'x'.repeat(60_000);
  const results: (string | null)[] = [];
  for (let index = 0; index < 8 && journal.state() !== 'failed'; index += 1) {
    journal.onDurable(journal.append(incident(index, padding)), (error) => results.push(error?.code ?? null));
    await nextTurn();
  }
  await until(() => journal.state() === 'failed');
  assert.equal(results.at(-1), 'journal_unavailable');
  assert.equal(results.slice(results.indexOf('journal_unavailable')).includes(null), false);
});

test('writes that the system takes in pieces are completed', async (t) => {
  const directory = newDirectory(t);
  const files: JournalFiles = {
    ...nodeFiles,
    writeSync: (fd, bytes, offset, length, at) =>
      nodeFiles.writeSync(fd, bytes, offset, Math.min(length, 100), at),
    write: (fd, bytes, offset, length, at, done) =>
      nodeFiles.write(fd, bytes, offset, Math.min(length, 70_000), at, done),
  };
  const journal = await openFor(t, { directory, files });
  for (let index = 0; index < 30; index += 1) journal.append(incident(index, 'x'.repeat(20_000)));
  await journal.close();
  assert.equal((await Array.fromAsync(readJournal(directory))).length, 34);
});

test('without space for the next segment no new spending begins, running requests end, and it resumes by itself', async (t) => {
  const { files, broken } = breakFiles();
  const directory = newDirectory(t);
  const bench = createBench();
  const changes: JournalState[] = [];
  const journal = await openFor(t, {
    directory,
    files,
    scheduler: bench.scheduler,
    onChange: (state) => changes.push(state),
  });
  broken.set('write', 'ENOSPC');
  const padding = 'x'.repeat(60_000);
  for (let index = 0; journal.accepts(); index += 1) {
    journal.append(intent(index, padding));
    await journal.flush();
  }
  bench.tick();
  await until(() => changes.length > 0);
  assert.equal(journal.state(), 'full');
  assert.equal(journal.accepts(), false);
  assert.throws(() => journal.append(intent(1)), { code: 'journal_unavailable' });
  assert.throws(() => journal.append(JSON.stringify(intent(1))), { code: 'journal_unavailable' });
  for (let index = 0; index < 100; index += 1) journal.append(released(1, 2));
  await journal.flush();
  broken.clear();
  bench.tick();
  await until(() => journal.state() === 'open');
  assert.equal(journal.accepts(), true);
  bench.tick();
  await until(() => changes.length > 1);
  assert.deepEqual(changes, ['full', 'open']);
  await journal.close();
  assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null);
});

test('when the very last space is gone a record is refused, takes no position and does no harm', async (t) => {
  const { files, broken } = breakFiles();
  const directory = newDirectory(t);
  const bench = createBench();
  const journal = await openFor(t, { directory, files, scheduler: bench.scheduler });
  await until(() => journal.state() === 'open');
  broken.set('write', 'ENOSPC');
  const padding = 'x'.repeat(60_000);
  let taken = 0;
  const fill = (): void => {
    for (;;) {
      journal.append(incident(taken, padding));
      taken += 1;
      broken.set('openSync', 'ENOSPC');
    }
  };
  assert.throws(fill, { code: 'journal_unavailable' });
  assert.equal(journal.state(), 'full');
  await journal.flush();
  broken.clear();
  bench.tick();
  await until(() => journal.state() === 'open');
  journal.append(incident(taken, padding));
  await journal.close();
  const read = await Array.fromAsync(readJournal(directory));
  assert.deepEqual(
    read.map((one) => one.position),
    read.map((_, index) => index),
  );
  assert.equal(read.filter(({ record }) => record.type === 'incident').length, taken + 1);
  assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null);
});

test('a next segment that is not ready yet is replaced by a small one', async (t) => {
  const directory = newDirectory(t);
  const files: JournalFiles = { ...nodeFiles };
  const journal = await openFor(t, { directory, files, segmentBytes: 2 * MIN_SEGMENT_BYTES });
  const held: (() => void)[] = [];
  files.write = (...parameters) => void held.push(() => nodeFiles.write(...parameters)); // a disk that takes for ever
  const padding = 'x'.repeat(60_000);
  for (let index = 0; index < 40; index += 1) journal.append(incident(index, padding));
  await journal.flush();
  const names = readdirSync(directory).filter((name) => name.endsWith('.journal'));
  assert.ok(names.length > 4, String(names));
  files.write = nodeFiles.write;
  for (const go of held) go();
  assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null);
});

test('below the watermark, or when free space cannot be told, no new spending begins', async (t) => {
  const bench = createBench();
  let free: number | null = 1_000;
  const files: JournalFiles = {
    ...nodeFiles,
    statfs: (_path, done) =>
      free === null
        ? done(new Error('EIO'), { bavail: 0, bsize: 0 })
        : done(null, { bavail: free, bsize: 1_000 }),
  };
  const journal = await openFor(t, {
    directory: newDirectory(t),
    files,
    scheduler: bench.scheduler,
    minFreeBytes: 500_000,
  });
  const stateWith = async (value: number | null): Promise<JournalState> => {
    const before = journal.state();
    free = value;
    bench.tick();
    await until(() => journal.state() !== before);
    return journal.state();
  };
  assert.equal(journal.state(), 'open');
  assert.equal(await stateWith(499), 'full');
  assert.equal(await stateWith(500), 'open');
  assert.equal(await stateWith(null), 'full');
  assert.equal(await stateWith(1_000), 'open');
});

test('a disk that is too slow refuses new spending until it catches up', async (t) => {
  const bench = createBench();
  let release: (() => void) | null = null;
  let slow = false;
  const files: JournalFiles = {
    ...nodeFiles,
    fdatasync(fd, done) {
      if (slow) release = () => nodeFiles.fdatasync(fd, done);
      else nodeFiles.fdatasync(fd, done);
    },
  };
  const journal = await openFor(t, { directory: newDirectory(t), files, ...bench, maxLag: 1_000 });
  slow = true;
  journal.append(intent(1));
  await nextTurn();
  bench.advance(900);
  assert.equal(journal.lag(), 900);
  assert.equal(journal.accepts(), true);
  bench.advance(200);
  assert.equal(journal.accepts(), false);
  assert.equal(journal.state(), 'open');
  slow = false;
  (release as (() => void) | null)?.();
  await journal.flush();
  assert.equal(journal.lag(), 0);
  assert.equal(journal.accepts(), true);
});

test('a journal that cannot take its first record is not opened, and leaves the directory free', async (t) => {
  for (const call of ['openSync', 'writeSync', 'fdatasync', 'renameSync', 'fsync'] as const) {
    const directory = newDirectory(t);
    const { files, broken } = breakFiles();
    broken.set(call, 'EIO');
    await assert.rejects(openFor(t, { directory, files }), { code: 'journal_unavailable' }, call);
    broken.clear();
    const journal = await openFor(t, {
      directory,
      files,
      processes: { ...nobodyLives, isAlive: () => true },
    });
    await journal.close();
    assert.equal((await verifyJournal({ directory, node: 'w0', anchors: [], isSigned })).fault, null, call);
  }
});
