import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import filesystem from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from './format.ts';
import {
  incident,
  newDirectory,
  nextTurn,
  nobodyLives,
  openFor,
  readRaw,
  writeRaw,
} from './journal-fixture.ts';
import { createTail, readJournal, type Batch, type Tail } from './tail.ts';

const path = (directory: string, epoch: number, first = 0): string =>
  join(directory, `${String(epoch).padStart(8, '0')}-${String(first).padStart(12, '0')}.journal`);

async function drain(tail: Tail, limit = 100): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let batch = await tail.next(limit); batch !== null; batch = await tail.next(limit))
    batches.push(batch);
  return batches;
}

test('a tail follows a journal while it is written, over segments and epochs, without gap or repetition', async (t) => {
  const directory = newDirectory(t);
  const tail = createTail(directory);
  t.after(() => tail.close());
  assert.equal(await tail.next(10), null, 'nothing there yet');
  const seen: string[] = [];
  let count = 0;
  const take = async (limit: number): Promise<void> => {
    for (const batch of await drain(tail, limit)) {
      assert.ok(batch.records.length <= limit);
      assert.equal(batch.to, batch.from + batch.records.length);
      assert.equal(batch.head, toHex(batch.records.at(-1)?.head ?? ''));
      seen.push(...batch.records.map(({ epoch, position }) => `${epoch}-${position}`));
    }
  };
  for (let life = 1; life <= 3; life += 1) {
    const journal = await openFor(t, { directory, processes: nobodyLives });
    for (let index = 0; index < 300; index += 1) {
      journal.append(incident(index, 'x'.repeat(3_000)));
      if (index % 10 === 0) await nextTurn();
      if (index % 17 === 0) await take(1 + (index % 40));
    }
    if (life === 2) await journal.flush();
    else await journal.close();
  }
  await take(1_000);
  for await (const { epoch, position } of readJournal(directory))
    assert.equal(seen[count++], `${epoch}-${position}`);
  assert.equal(seen.length, count);
  assert.ok(count > 900);
});

test('a tail begins where the store says it was, and checks the hash there', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  for (let index = 0; index < 300; index += 1) journal.append(incident(index, 'x'.repeat(3_000)));
  await journal.flush();
  const all = await Array.fromAsync(readJournal(directory));
  for (const at of [1, 2, 80, 81, 82, 83, 84, 85, 150, 299, 301]) {
    const before = all[at - 1];
    assert.ok(before !== undefined);
    const tail = createTail(directory, { epoch: 1, position: at, head: toHex(before.head) });
    const batches = await drain(tail);
    assert.equal(batches[0]?.from, at, `from ${at}`);
    await tail.close();
    const other = createTail(directory, {
      epoch: 1,
      position: at,
      head: toHex(before.head).replace(/^./, (c) => (c === '0' ? '1' : '0')),
    });
    await assert.rejects(other.next(10), {
      code: 'verify_failed',
      message: new RegExp(`w0-1-${at - 1}: its hash`),
    });
    await other.close();
  }
  const end = createTail(directory, { epoch: 1, position: all.length, head: toHex(all.at(-1)?.head ?? '') });
  assert.equal(await end.next(10), null);
  journal.append(incident(999));
  await journal.flush();
  assert.equal((await end.next(10))?.from, all.length);
  await end.close();
  const beyond = createTail(directory, { epoch: 1, position: all.length + 5, head: '0'.repeat(64) });
  await assert.rejects(beyond.next(10), {
    code: 'verify_failed',
    message: /missing, although it was read before/,
  });
  await beyond.close();
  const fresh = createTail(directory, { epoch: 0, position: 0, head: '' });
  assert.equal((await fresh.next(10))?.from, 0);
  await fresh.close();
});

test('damage of a past epoch stops the tail until it is told to go on', async (t) => {
  const directory = newDirectory(t);
  const first = await openFor(t, { directory });
  for (let index = 0; index < 20; index += 1) first.append(incident(index, 'payload'));
  await first.flush();
  const file = readFileSync(path(directory, 1));
  file.write('PAY', file.indexOf('payload', 2_000));
  writeFileSync(path(directory, 1), file);
  const second = await openFor(t, { directory, processes: nobodyLives });
  const tail = createTail(directory);
  t.after(() => tail.close());
  assert.ok(((await tail.next(100))?.to ?? 0) > 5);
  await assert.rejects(tail.next(100), { code: 'verify_failed', message: /w0-1-\d+: its bytes do not fit/ });
  await assert.rejects(tail.next(100), { code: 'verify_failed' });
  assert.equal(await tail.skipEpoch(), true);
  const batch = await tail.next(100);
  assert.deepEqual([batch?.epoch, batch?.from], [2, 0]);
  assert.equal(await tail.skipEpoch(), false);
  await second.close();
});

test('an epoch whose first segment cannot be opened is given up whole, with a fault of its own', async (t) => {
  const directory = newDirectory(t);
  for (let life = 1; life <= 4; life += 1) {
    const journal = await openFor(t, { directory, processes: nobodyLives });
    for (let index = 0; index < 200; index += 1) journal.append(incident(index, 'x'.repeat(3_000)));
    await journal.close();
  }
  for (const epoch of [2, 3]) {
    const file = readFileSync(path(directory, epoch));
    file.writeUInt8((file[40] ?? 0) ^ 1, 40);
    writeFileSync(path(directory, epoch), file);
  }
  const tail = createTail(directory);
  t.after(() => tail.close());
  assert.equal(tail.fault(), null);
  for (const epoch of [2, 3]) {
    await assert.rejects(drain(tail), {
      code: 'verify_failed',
      message: new RegExp(`w0-${epoch}-0: the header`),
    });
    assert.equal(tail.fault()?.epoch, epoch);
    assert.equal(await tail.skipEpoch(), true);
  }
  const batches = await drain(tail);
  assert.deepEqual([batches[0]?.epoch, batches[0]?.from], [4, 0]);
  const faults: number[] = [];
  const read = await Array.fromAsync(readJournal(directory, undefined, ({ epoch }) => faults.push(epoch)));
  assert.deepEqual(faults, [2, 3]);
  assert.deepEqual([...new Set(read.map(({ epoch }) => epoch))], [1, 4]);
  await assert.rejects(Array.fromAsync(readJournal(directory)), { code: 'verify_failed' });
});

test('a journal that ends in damage is not taken for one that simply ends', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory, boot: 'now' });
  for (let index = 0; index < 5; index += 1) journal.append(incident(index));
  await journal.flush();
  const raw = readRaw(path(directory, 1));
  const file = readFileSync(path(directory, 1));
  for (const wipe of [false, true]) {
    const copy = Buffer.from(file);
    const at = raw.offsets[4] ?? 0;
    if (wipe) copy.fill(0, at, raw.offsets[5]);
    else copy[at + 60] = (copy[at + 60] ?? 0) ^ 1;
    writeFileSync(path(directory, 1), copy);
    const tail = createTail(directory, undefined, { boot: 'now' });
    assert.equal((await tail.next(100))?.to, 4);
    await assert.rejects(tail.next(100), { code: 'verify_failed', message: /w0-1-4/ });
    await tail.close();
    const rebooted = createTail(directory, undefined, { boot: 'another' });
    assert.equal((await rebooted.next(100))?.to, 4);
    assert.equal(await rebooted.next(100), null, 'a power cut may lose any page that was not synced');
    await rebooted.close();
  }
});

test('a flipped byte in the very last record is damage too, not a record that was never finished', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory, boot: 'now' });
  for (let index = 0; index < 5; index += 1) journal.append(incident(index));
  await journal.flush();
  const { offsets } = readRaw(path(directory, 1));
  const file = readFileSync(path(directory, 1));
  const last = offsets.length - 1;
  const at = offsets[last] ?? 0;
  const end = at + 48 + file.readUInt32LE(at);
  for (let byte = at + 4; byte < end; byte += 1) {
    const copy = Buffer.from(file);
    copy.writeUInt8((copy[byte] ?? 0) ^ 4, byte);
    writeFileSync(path(directory, 1), copy);
    const tail = createTail(directory, undefined, { boot: 'now' });
    assert.equal((await tail.next(100))?.to, last);
    await assert.rejects(tail.next(100), { code: 'verify_failed', message: new RegExp(`w0-1-${last}:`) });
    await tail.close();
  }
  for (const cut of [1, 3, 4, 20, 48, 60, end - at - 1]) {
    writeFileSync(path(directory, 1), Buffer.from(file).fill(0, at + cut));
    const tail = createTail(directory, undefined, { boot: 'now' });
    assert.equal((await tail.next(100))?.to, last);
    assert.equal(await tail.next(100), null, `torn after ${cut} bytes`);
    await tail.close();
  }
});

test('thousands of segments are not listed anew for each of them; what is removed or comes meanwhile is seen', async (t) => {
  const directory = newDirectory(t);
  const live = async (): Promise<void> => {
    const journal = await openFor(t, { directory });
    journal.append(incident(0));
    await journal.close();
  };
  for (let life = 0; life < 10; life += 1) await live();
  const listed = t.mock.method(filesystem, 'readdir');
  syncBuiltinESMExports();
  t.after(() => {
    listed.mock.restore();
    syncBuiltinESMExports();
  });
  const epochs: number[] = [];
  const tail = createTail(directory);
  t.after(() => tail.close());
  for (const batch of await drain(tail)) epochs.push(batch.epoch);
  assert.deepEqual(epochs, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const before = listed.mock.callCount();
  assert.ok(before <= 4, `${before} times`);
  await live();
  assert.deepEqual(
    (await drain(tail)).map(({ epoch }) => epoch),
    [11],
  );

  const other = createTail(directory);
  t.after(() => other.close());
  assert.equal((await other.next(100))?.epoch, 1);
  rmSync(path(directory, 3));
  assert.equal((await other.next(100))?.epoch, 2);
  await assert.rejects(other.next(100), { code: 'verify_failed', message: /its epoch is missing/ });
});

test('a half-written record is waited for', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  for (let index = 0; index < 5; index += 1) journal.append(incident(index));
  await journal.flush();
  const whole = readFileSync(path(directory, 1));
  const raw = readRaw(path(directory, 1));
  const last = raw.offsets.at(-1) ?? 0;
  const tail = createTail(directory);
  t.after(() => tail.close());
  for (const bytes of [1, 4, 20, 48, 49, 90]) {
    const partial = Buffer.from(whole);
    partial.fill(0, last + bytes);
    writeFileSync(path(directory, 1), partial);
    await drain(tail);
    assert.equal(await tail.next(10), null);
  }
  writeFileSync(path(directory, 1), whole);
  assert.equal((await tail.next(10))?.from, 6);
});

test('an epoch that was opened and never written is passed over', async (t) => {
  const directory = newDirectory(t);
  await (await openFor(t, { directory })).close();
  writeFileSync(path(directory, 2), Buffer.alloc(4_096));
  const third = await openFor(t, { directory });
  assert.equal(third.epoch, 3);
  await third.close();
  const epochs = new Set((await Array.fromAsync(readJournal(directory))).map(({ epoch }) => epoch));
  assert.deepEqual([...epochs], [1, 3]);
});

test('a missing segment stops the tail; its records are not passed over', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  for (let index = 0; index < 300; index += 1) journal.append(incident(index, 'x'.repeat(3_000)));
  await journal.close();
  const all = await Array.fromAsync(readJournal(directory));
  const second = readRaw(path(directory, 1)).frames.length;
  const copy = readRaw(path(directory, 1, second));
  rmSync(path(directory, 1, second));
  const tail = createTail(directory, undefined, { boot: 'boot-1' });
  await assert.rejects(drain(tail), {
    code: 'verify_failed',
    message: new RegExp(`w0-1-${second}: it is missing`),
  });
  await tail.close();
  writeRaw(path(directory, 1, second), copy);
  assert.equal((await Array.fromAsync(readJournal(directory))).length, all.length);
});

test('a file that is not a segment is named', async (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path(directory, 1), 'something else'.repeat(100));
  const tail = createTail(directory);
  await assert.rejects(tail.next(1), { code: 'verify_failed', message: /header of its segment/ });
  await tail.close();
});

test('a segment of a newer version is refused, not misread', async (t) => {
  const directory = newDirectory(t);
  await (await openFor(t, { directory })).close();
  const file = readFileSync(path(directory, 1));
  file.writeUInt32LE(2, 8);
  writeFileSync(path(directory, 1), file);
  await assert.rejects(Array.fromAsync(readJournal(directory)), { code: 'store_newer' });
  await assert.rejects(openFor(t, { directory }), { code: 'store_newer' });
});

test('after a power cut too, a segment may only be missing when nothing of it had been synced', async (t) => {
  const directory = newDirectory(t);
  const journal = await openFor(t, { directory });
  for (let index = 0; index < 300; index += 1) {
    journal.append(incident(index, 'x'.repeat(3_000)));
    if (index % 20 === 0) await journal.flush();
  }
  await journal.close();
  const second = readRaw(path(directory, 1)).frames.length;
  rmSync(path(directory, 1, second));
  const tail = createTail(directory, undefined, { boot: 'after the power cut' });
  await assert.rejects(drain(tail), {
    code: 'verify_failed',
    message: new RegExp(`w0-1-${second}: it is missing`),
  });
  await tail.close();
});
