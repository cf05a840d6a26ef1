import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { createConcurrency, type Concurrency } from './concurrency.ts';
import type { PermitPort } from './permit.ts';
import { createPermitBank, type PermitBank } from './permit-bank.ts';

interface Process {
  readonly concurrency: Concurrency;
  isAlive: boolean;
  /** It does not answer recalls while it hangs. */
  isHanging: boolean;
}

/** Processes before one bank; each message takes some turns of the event loop, on a line that keeps the order. */
function createNode(most: number, delay: () => number) {
  const processes: Process[] = [];
  const bank: PermitBank<Process> = createPermitBank<Process>({
    holders: () => processes.filter(({ isAlive }) => isAlive),
    async recall(process, { key }) {
      await turns(delay());
      while (process.isHanging && process.isAlive) await turn();
      if (!process.isAlive) throw new Error('ended');
      const count = process.concurrency.recall(key);
      await turns(delay());
      return count;
    },
    patience: () => turns(20),
  });
  function open(): Process {
    const permits: PermitPort = {
      async ask(ask) {
        await turns(delay());
        const count = await bank.grant(process, ask);
        await turns(delay());
        return count;
      },
      giveBack: (given) => bank.giveBack(process, given),
    };
    const concurrency = createConcurrency({ limit: 'l', most, permits });
    const process: Process = { concurrency, isAlive: true, isHanging: false };
    processes.push(process);
    return process;
  }
  function kill(process: Process): void {
    process.isAlive = false;
    bank.ended(process);
  }
  return { bank, open, kill };
}

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await turn();
}

const KEY = 'app_1';
/** Time stands still: nobody is asked again after all were in use, so tests of that move it. */
async function take(process: Process, now = () => 0): Promise<boolean> {
  const { concurrency } = process;
  for (let waits = 4; ; waits -= 1) {
    if (!process.isAlive) return false;
    if (concurrency.fits(KEY, 1)) {
      concurrency.take(KEY, 1);
      return true;
    }
    if (waits === 0 || !concurrency.canGain(KEY, 1, now())) return false;
    if (!(await concurrency.gain(KEY, 1, now))) return false;
  }
}

test('several processes together let as many run as one may, to the last', async () => {
  const { open } = createNode(10, () => 1);
  const [a, b, c] = [open(), open(), open()] as const;
  const first = await Promise.all([...Array(4)].map(() => take(a)));
  const second = await Promise.all([...Array(4)].map(() => take(b)));
  const third = await Promise.all([...Array(4)].map(() => take(c)));
  const all = [...first, ...second, ...third];
  assert.equal(all.filter(Boolean).length, 10);
  assert.equal(await take(a), false);
  b.concurrency.release(KEY, 1);
  assert.equal(await take(c, () => 100), true, 'what another has stopped using is called back');
  assert.equal(await take(b, () => 100), false);
});

test('many at once in one process share a question and all get what there is', async () => {
  const { open, bank } = createNode(50, () => 1);
  const [a, b] = [open(), open()] as const;
  const taken = await Promise.all([...Array(60)].map((_, n) => take(n % 2 === 0 ? a : b)));
  assert.equal(taken.filter(Boolean).length, 50);
  let asks = 0;
  const counting: PermitPort = {
    ask: (ask) => {
      asks += 1;
      return bank.grant(a, ask);
    },
    giveBack: () => {},
  };
  const full = createConcurrency({ limit: 'l', most: 50, permits: counting });
  for (let n = 0; n < 100; n += 1) if (full.canGain(KEY, 1, 5)) await full.gain(KEY, 1, () => 5);
  assert.equal(asks, 1, 'who was told that all are in use does not ask again at once');
});

test('a process that hangs holds up others for a while only, and what it gave up late is not lost', async () => {
  const { open } = createNode(4, () => 0);
  const [a, b] = [open(), open()] as const;
  await Promise.all([...Array(4)].map(() => take(a)));
  for (let n = 0; n < 4; n += 1) a.concurrency.release(KEY, 1);
  a.isHanging = true;
  assert.equal(await take(b), false);
  a.isHanging = false;
  await turns(5);
  const later = await Promise.all([...Array(5)].map(() => take(b, () => 100)));
  assert.equal(later.filter(Boolean).length, 4);
});

test('what a process does not use comes back by itself, and all of it when it ends', async () => {
  const { open, bank, kill } = createNode(8, () => 0);
  const [a, b] = [open(), open()] as const;
  await Promise.all([...Array(6)].map(() => take(a)));
  for (let n = 0; n < 4; n += 1) a.concurrency.release(KEY, 1);
  assert.deepEqual(a.concurrency.tend(), [], 'it ran lately');
  const idle = a.concurrency.tend();
  assert.deepEqual(idle, [{ limit: 'l', key: KEY, count: 4 }]);
  bank.giveBack(a, idle);
  kill(a);
  const taken = await Promise.all([...Array(9)].map(() => take(b)));
  assert.equal(taken.filter(Boolean).length, 8);
  for (let n = 0; n < 8; n += 1) b.concurrency.release(KEY, 1);
  b.concurrency.tend();
  b.concurrency.tend();
  assert.ok(b.concurrency.isEmpty());
});

type Act = readonly ['take' | 'release' | 'tend' | 'kill' | 'hang', process: number];
const act: fc.Arbitrary<Act> = fc.tuple(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant('take' as const) },
    { weight: 8, arbitrary: fc.constant('release' as const) },
    { weight: 2, arbitrary: fc.constantFrom('tend', 'kill', 'hang') },
  ),
  fc.nat(2),
);

/** Three processes that take, release, hang and die; what runs is counted beside them. */
function createWorld(most: number, delay: () => number) {
  const { open, kill, bank } = createNode(most, delay);
  const alive = [open(), open(), open()];
  const running = new Map<Process, number>();
  const total = () => alive.reduce((sum, one) => sum + (running.get(one) ?? 0), 0);
  const under: Promise<void>[] = [];
  let now = 0;

  async function takeOne(process: Process): Promise<void> {
    if (!(await take(process, () => now))) return;
    running.set(process, (running.get(process) ?? 0) + 1);
    assert.ok(total() <= most, `${total()} run, ${most} may`);
  }

  function release(process: Process): void {
    const count = running.get(process) ?? 0;
    if (count === 0) return;
    running.set(process, count - 1);
    process.concurrency.release(KEY, 1);
  }

  function replace(process: Process): void {
    kill(process);
    alive[alive.indexOf(process)] = open();
  }

  return {
    carryOut([what, index]: Act): void {
      const process = alive[index] ?? assert.fail();
      now += 7;
      if (what === 'take') under.push(takeOne(process));
      if (what === 'release') release(process);
      if (what === 'tend') bank.giveBack(process, process.concurrency.tend());
      if (what === 'hang') process.isHanging = !process.isHanging;
      if (what === 'kill') replace(process);
    },
    /** Everything ends; returns how many one process can have then. */
    async settle(): Promise<number> {
      for (const one of alive) one.isHanging = false;
      await Promise.all(under);
      await turns(20);
      for (const one of alive) while ((running.get(one) ?? 0) > 0) release(one);
      const [last = assert.fail()] = alive;
      let got = 0;
      for (let tries = 0; tries <= most; tries += 1) {
        now += 1000;
        if (await take(last, () => now)) got += 1;
      }
      return got;
    },
  };
}

test('whatever processes do, die and hang, no more run than may, and in the end all can be had', async () => {
  const runs = fc.asyncProperty(
    fc.array(act, { maxLength: 80 }),
    fc.integer({ min: 1, max: 6 }),
    fc.nat(),
    async (acts, most, seed) => {
      let state = seed;
      const delay = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % 3;
      const world = createWorld(most, delay);
      for (const one of acts) {
        world.carryOut(one);
        await turns(delay());
      }
      assert.equal(await world.settle(), most);
    },
  );
  await fc.assert(runs, { numRuns: 300 });
});
