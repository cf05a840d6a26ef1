import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { incident, newDirectory, openFor } from '../../journal/journal-fixture.ts';
import { tailJournals, type Journals } from './journal-tail.ts';

/** When the journals of the fixture are opened. */
const OPENED = 1_700_000_000_000;
const signal = new AbortController().signal;

/** Journals of two processes; the records of one stand between those of the other in time. */
async function setUp(t: TestContext) {
  const parent = dirname(newDirectory(t));
  const journals: Journals = { nodes: ['w0', 'w1', 'w2'], directoryOf: (node) => join(parent, node) };
  const open = (node: string) => openFor(t, { directory: join(parent, node), node });
  const [w0, w1] = [await open('w0'), await open('w1')];
  const add = async (from: number, count: number) => {
    for (let at = from; at < from + count; at += 1) (at % 2 === 0 ? w0 : w1).append(incident(OPENED + at));
    await Promise.all([w0.flush(), w1.flush()]);
  };
  const tail = (cursor: string | null, limit = 100, wait = 0) =>
    tailJournals(journals, { cursor, limit, wait, signal });
  return { parent, journals, open, add, tail };
}

const timesOf = (entries: readonly { readonly record: { readonly type: string; readonly at: number } }[]) =>
  entries.filter(({ record }) => record.type === 'incident').map(({ record }) => record.at - OPENED);

test('records of all processes come in the order of time, each once', async (t) => {
  const { add, tail } = await setUp(t);
  await add(10, 20);
  const first = await tail(null);
  assert.deepEqual(
    timesOf(first.entries),
    Array.from({ length: 20 }, (_, index) => 10 + index),
  );
  assert.deepEqual((await tail(first.cursor)).entries, []);
  await add(30, 6);
  const seen: number[] = [];
  let { cursor } = first;
  for (let turn = 0; turn < 10; turn += 1) {
    const next = await tail(cursor, 4);
    seen.push(...timesOf(next.entries));
    ({ cursor } = next);
  }
  assert.deepEqual(seen, [30, 31, 32, 33, 34, 35]);
});

test('few of the latest are the latest of all processes, and nothing before them comes again', async (t) => {
  const { add, tail } = await setUp(t);
  await add(10, 20);
  const first = await tail(null, 4);
  assert.deepEqual(timesOf(first.entries), [26, 27, 28, 29]);
  assert.deepEqual((await tail(first.cursor)).entries, []);
  await add(31, 5); // One of the processes has more of them.
  assert.deepEqual(timesOf((await tail(null, 3)).entries), [33, 34, 35]);
  assert.deepEqual(timesOf((await tail(first.cursor)).entries), [31, 32, 33, 34, 35]);
});

test('the latest are also those of the lives before, where the last one is short', async (t) => {
  const { open, tail } = await setUp(t);
  for (const life of [1, 2, 3]) {
    const w2 = await open('w2');
    w2.append(incident(OPENED + life));
    await w2.close();
  }
  assert.deepEqual(timesOf((await tail(null)).entries), [1, 2, 3]);
  const { entries, cursor } = await tail(null, 8);
  assert.deepEqual(timesOf(entries), [2, 3]); // Each life has five records.
  assert.deepEqual((await tail(cursor)).entries, []);
});

test('a clock that goes back neither hides records nor shows them twice', async (t) => {
  const { add, tail } = await setUp(t);
  const { cursor: start } = await tail(null);
  await add(500, 6);
  await add(100, 6);
  const seen: number[] = [];
  for (let [turn, cursor] = [0, start]; turn < 12; turn += 1) {
    const next = await tail(cursor, 3);
    seen.push(...timesOf(next.entries));
    ({ cursor } = next);
  }
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    [...Array(6).keys()].flatMap((n) => [100 + n, 500 + n]).toSorted((a, b) => a - b),
  );
});

test('who waits is answered when a record comes', async (t) => {
  const { add, tail } = await setUp(t);
  const { cursor } = await tail(null);
  const waiting = tail(cursor, 10, 60_000);
  await add(50, 1);
  assert.deepEqual(timesOf((await waiting).entries), [50]);
});

test('damage before does not keep anybody from the latest records', async (t) => {
  const { parent, add, open, tail } = await setUp(t);
  await add(10, 20);
  const name = readdirSync(join(parent, 'w0')).find((one) => one.endsWith('.journal')) ?? '';
  const bytes = readFileSync(join(parent, 'w0', name));
  bytes.writeUInt8((bytes[400] ?? 0) ^ 1, 400);
  const { cursor } = await tail(null);
  writeFileSync(join(parent, 'w0', name), bytes);
  const again = await open('w2');
  again.append(incident(OPENED + 99));
  await again.flush();
  assert.ok(timesOf((await tail(cursor)).entries).includes(99));
});

test('a cursor that no answer gave is refused', async (t) => {
  const { tail } = await setUp(t);
  for (const cursor of ['w0', 'w0.1', 'w0.1.x', '../w0.1.2', 'w0.1.2,'])
    await assert.rejects(tail(cursor), { code: 'input_invalid' }, cursor);
});
