import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { HEADER_BYTES } from './header.ts';
import { createBench, incident, isSigned, newDirectory, openFor, signText } from './journal-fixture.ts';
import { pruneJournal } from './retention.ts';
import { segmentPath } from './segments.ts';
import { writeStart } from './start.ts';
import { toHex } from './format.ts';
import { createTail, findRecord, readJournal, type ReadRecord } from './tail.ts';
import { verifyJournal, type Anchor, type JournalVerification } from './verify.ts';

const END = { epoch: 99, position: 0 };

/** Two epochs of several segments; the clock moves one second a record. */
async function fill(
  t: TestContext,
): Promise<{ readonly directory: string; readonly all: readonly ReadRecord[] }> {
  const directory = newDirectory(t);
  const bench = createBench();
  for (let life = 0; life < 2; life += 1) {
    const journal = await openFor(t, { directory, ...bench });
    for (let index = 0; index < 200; index += 1) {
      journal.append(incident(bench.clock.wall(), 'x'.repeat(5_000)));
      bench.advance(1_000);
    }
    await journal.close();
  }
  return { directory, all: await Array.fromAsync(readJournal(directory)) };
}

const names = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.endsWith('.journal'));
const verified = (directory: string, anchors: readonly Anchor[] = []): Promise<JournalVerification> =>
  verifyJournal({ directory, node: 'w0', anchors, isSigned });

test('only whole segments before what is loaded go, never the last one', async (t) => {
  const { directory, all } = await fill(t);
  const before = names(directory);
  assert.equal(
    (await pruneJournal({ directory, loaded: { epoch: 1, position: 10 }, sign: signText })).segments,
    0,
  );
  assert.deepEqual(readdirSync(directory), before, 'nothing to remove, nothing to sign');
  const second = Number(before[1]?.slice(9, 21));
  const some = await pruneJournal({ directory, loaded: { epoch: 1, position: second + 1 }, sign: signText });
  assert.equal(some.segments, 1);
  assert.ok(some.bytes > 200_000);
  const kept = await Array.fromAsync(readJournal(directory));
  assert.deepEqual(kept, all.slice(second));
  await pruneJournal({ directory, loaded: END, sign: signText });
  assert.deepEqual(names(directory), before.slice(-1));
  assert.equal((await pruneJournal({ directory, loaded: END, sign: signText })).segments, 0);
});

test('a pruned journal verifies from its signed start, also with anchors from before and at it', async (t) => {
  const { directory, all } = await fill(t);
  const anchors = all.map(({ epoch, position, head }) => ({
    epoch,
    position: position + 1,
    head: toHex(head),
  }));
  await pruneJournal({ directory, loaded: { epoch: 2, position: 100 }, sign: signText });
  const result = await verified(directory, anchors);
  assert.equal(result.fault, null);
  assert.ok(result.records < 200);
  const [first] = await Array.fromAsync(readJournal(directory));
  assert.ok(first !== undefined);
  assert.equal(await findRecord(directory, { epoch: 1, position: 5 }), null);
  const index = all.findIndex(({ epoch, position }) => epoch === first.epoch && position === first.position);
  const wrong = anchors.with(index - 1, { epoch: 2, position: first.position, head: '0'.repeat(64) });
  if (first.position > 0) assert.equal((await verified(directory, wrong)).fault?.kind, 'replaced');
  const journal = await openFor(t, { directory });
  assert.equal(journal.epoch, 3);
  await journal.close();
  assert.equal((await verified(directory, anchors)).fault, null);
});

test('more than was pruned cannot be taken away unseen, nor can the start be moved without the key', async (t) => {
  const { directory } = await fill(t);
  const before = names(directory);
  await pruneJournal({
    directory,
    loaded: { epoch: 1, position: Number(before[2]?.slice(9, 21)) },
    sign: signText,
  });
  const kept = names(directory);
  assert.equal(kept.length, before.length - 2);
  rmSync(join(directory, kept[0] ?? ''));
  const { fault } = await verified(directory);
  assert.deepEqual([fault?.kind, fault?.position], ['removed', Number(kept[0]?.slice(9, 21))]);
  const path = join(directory, 'start.json');
  const start = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...start, position: Number(kept[1]?.slice(9, 21)) }));
  assert.equal((await verified(directory)).fault?.kind, 'forged');
  rmSync(path);
  assert.equal((await verified(directory)).fault?.kind, 'removed');
});

test('a beginning that is missing or forged stays known: nothing is pruned over it, and nothing goes for it', async (t) => {
  const { directory } = await fill(t);
  const refuses = async (kind: string): Promise<void> => {
    const before = names(directory);
    const { fault } = await verified(directory);
    assert.equal(fault?.kind, kind);
    const more = { directory, loaded: END, sign: signText };
    await assert.rejects(pruneJournal(more), { code: 'verify_failed', message: fault.message });
    assert.deepEqual(names(directory), before);
  };
  const [first = ''] = names(directory);
  const path = join(directory, 'start.json');
  rmSync(join(directory, first));
  await refuses('removed');
  const head = '0'.repeat(64);
  writeFileSync(path, JSON.stringify({ node: 'w0', epoch: 2, position: 0, head, signature: 'AA' }));
  await refuses('forged');
});

test('a start that lies after all segments removes none of them, forged or signed', async (t) => {
  const { directory } = await fill(t);
  const before = names(directory);
  const start = { node: 'w0', epoch: 9, position: 0, head: '0'.repeat(64) };
  for (const sign of [() => 'AA', signText]) {
    await writeStart(directory, start, sign);
    const { fault } = await verified(directory);
    assert.equal(fault?.kind, 'removed');
    const more = { directory, loaded: END, sign: signText };
    await assert.rejects(pruneJournal(more), { code: 'verify_failed', message: fault.message });
    assert.deepEqual(names(directory), before);
  }
});

test('segments go by age and by size', async (t) => {
  const { directory, all } = await fill(t);
  const before = names(directory);
  const cut = all.find(({ epoch, position }) => epoch === 1 && position === 120)?.record.at ?? 0;
  await pruneJournal({ directory, loaded: END, sign: signText, before: cut });
  const [oldest] = await Array.fromAsync(readJournal(directory));
  assert.ok(oldest !== undefined && oldest.record.at <= cut, 'no record that is young enough was lost');
  assert.ok(names(directory).length < before.length);
  const sizes = (): number =>
    names(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  const limit = Math.floor(sizes() / 2);
  await pruneJournal({ directory, loaded: END, sign: signText, keepBytes: limit });
  assert.ok(sizes() <= limit);
  assert.ok(sizes() > limit - 300_000);
  assert.equal((await verified(directory)).fault, null);
});

/** A life that was killed, or lost power, before its first record was written. */
const STILLBORN: Readonly<Record<string, (segment: Buffer) => Buffer>> = {
  'a header alone': (segment) => segment.fill(0, HEADER_BYTES),
  'not even a header': (segment) => segment.fill(0),
};

for (const [what, cut] of Object.entries(STILLBORN))
  test(`a life that left ${what} does not keep what follows it from being pruned`, async (t) => {
    const { directory } = await fill(t);
    const killed = await openFor(t, { directory });
    await killed.close();
    const path = segmentPath(directory, { epoch: 3, position: 0 });
    writeFileSync(path, cut(readFileSync(path)));
    const journal = await openFor(t, { directory });
    for (let index = 0; index < 200; index += 1) journal.append(incident(0, 'x'.repeat(5_000)));
    await journal.close();
    assert.equal((await verified(directory)).fault, null);
    const before = names(directory);
    assert.ok(before.some((name) => name.startsWith('00000003')));
    await pruneJournal({ directory, loaded: END, sign: signText, keepBytes: 1 });
    assert.deepEqual(names(directory), before.slice(-1));
    assert.equal((await verified(directory)).fault, null);
  });

test('segments that do not check out are evidence and stay', async (t) => {
  const { directory } = await fill(t);
  const [first = ''] = names(directory);
  const file = readFileSync(join(directory, first));
  file.write('y', 10_000);
  writeFileSync(join(directory, first), file);
  const before = names(directory);
  await assert.rejects(pruneJournal({ directory, loaded: END, sign: signText }), { code: 'verify_failed' });
  assert.deepEqual(readdirSync(directory), before);
});

test('a prune that was killed before it removed the files is completed by the next', async (t) => {
  const { directory } = await fill(t);
  const before = names(directory);
  const [first = '', second = ''] = before;
  const saved = [first, second].map((name) => readFileSync(join(directory, name)));
  await pruneJournal({
    directory,
    loaded: { epoch: 1, position: Number(before[2]?.slice(9, 21)) },
    sign: signText,
  });
  for (const [index, name] of [first, second].entries())
    writeFileSync(join(directory, name), saved[index] ?? '');
  assert.equal((await verified(directory)).fault, null);
  const tail = createTail(directory);
  assert.equal((await tail.next(1))?.from, Number(before[2]?.slice(9, 21)));
  await tail.close();
  assert.equal(
    (await pruneJournal({ directory, loaded: { epoch: 1, position: 0 }, sign: signText })).segments,
    2,
  );
  assert.deepEqual(names(directory), before.slice(2));
});
