import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createTail } from '../../../src/journal/tail.ts';
import type { Anchor } from '../../../src/journal/verify.ts';
import {
  checkNothingLost,
  inject,
  leaveOut,
  newPlace,
  readStored,
  runChild,
  said,
  verified,
  whyNoStrace,
} from './journal-harness.ts';

const TURNS = 24;
/** Everything the writer does to its files, and how often at least in the child's run. */
const CALLS = { pwrite64: 20, fdatasync: 10, fsync: 2, rename: 2, ftruncate: 1 };

/** Dozens of processes, one after the other, half of them slow for being traced: minutes on a loaded machine. */
const timeout = 600_000;
for (const [call, least] of Object.entries(CALLS))
  test(`a kill at each ${call} loses no acknowledged record, and the next life opens`, { timeout }, (t) =>
    killAtEach(call, least, t),
  );

async function killAtEach(call: string, least: number, t: TestContext): Promise<void> {
  const reason = whyNoStrace();
  if (reason !== null) return leaveOut(t, reason);
  let kills = 0;
  for (let when = 1; ; when += 1) {
    const place = newPlace(t);
    const run = await runChild(place, { turns: TURNS, under: inject(call, `signal=SIGKILL:when=${when}`) });
    const before = await checkNothingLost(place, run);
    if (run.lines.at(-1) === 'closed') break;
    kills += 1;
    assert.equal(run.signal, 'SIGKILL', `${call} ${when}: ${run.errors}`);
    const next = await runChild(place, { turns: 1 });
    assert.equal(next.lines.at(-1), 'closed', next.errors);
    const after = await checkNothingLost(place, next);
    assert.deepEqual(after.records.slice(0, before.records.length), before.records);
  }
  t.diagnostic(`${kills} kills`);
  assert.ok(kills >= least, `only ${kills} kills: the calls that were to be hit were not made`);
}

test('a process that is killed at random, again and again, loses nothing that it acknowledged', async (t) => {
  const ROUNDS = 20;
  const place = newPlace(t);
  const tail = createTail(place.directory);
  t.after(() => tail.close());
  const loaded = new Set<string>();
  const anchors: Anchor[] = [];
  let seed = 42;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let isOver = false;
  const load = async (): Promise<void> => {
    for (let batch = await tail.next(1_000); batch !== null; batch = await tail.next(1_000)) {
      for (const { epoch, position } of batch.records) loaded.add(`${epoch}-${position}`);
      anchors.push({ epoch: batch.epoch, position: batch.to, head: batch.head });
    }
  };
  const follow = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      await load();
      if (turn % 20 === 0)
        assert.equal((await verified(place, [...anchors])).fault, null, 'while it is written');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const following = follow();
  let acknowledged = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const run = await runChild(place, { turns: 1_000_000, killAfter: random(40), lines: 1 + random(60) });
    assert.equal(run.signal, 'SIGKILL', run.errors);
    assert.deepEqual(said(run, 'open'), [`${round}-0`]);
    await checkNothingLost(place, run);
    acknowledged += said(run, 'durable').length;
  }
  isOver = true;
  await following;
  await load();
  const { keys } = await readStored(place);
  assert.deepEqual(loaded, keys, 'the tail has every record exactly once');
  const result = await verified(place, anchors);
  assert.equal(result.fault, null);
  assert.equal(result.epochs, ROUNDS);
  t.diagnostic(
    `${ROUNDS} kills, ${acknowledged} acknowledged, ${keys.size} stored, ${anchors.length} anchors`,
  );
  assert.ok(acknowledged > ROUNDS);
});

test('two processes never write one journal', async (t) => {
  const place = newPlace(t);
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  t.after(() => end());
  const first = runChild(place, { turns: 1_000_000, killAfter: isOver });
  while (!(await readStored(place)).keys.has('1-1')) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await runChild(place, { turns: 1 });
  assert.notEqual(second.code, 0);
  assert.match(second.errors, /in use by process \d+/);
  assert.deepEqual(second.lines, []);
  end();
  assert.equal((await first).signal, 'SIGKILL');
});
