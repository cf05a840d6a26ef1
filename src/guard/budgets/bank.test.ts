import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros } from '../../kernel/money.ts';
import type { BudgetRecord } from '../../store/records.ts';
import { createBank, type Holder, type Recalled } from './bank.ts';

const BUDGET = { id: 'b', limit: micros(100), window: { kind: 'day' } } as BudgetRecord;
const ASKING: Holder = { node: 'w0', epoch: 1 };
const HANGING: Holder = { node: 'w1', epoch: 1 };
const LATE: Recalled = { amount: micros(60), position: 7 };
const ask = { budget: 'b', need: micros(50), want: micros(50), isBackground: false };

/** All money is leased to a process that hangs: `answer` and `end` are what it does at last. */
function setUp() {
  let leased = 100;
  let asked = 0;
  const loaded: number[] = [];
  const held = Promise.withResolvers<Recalled>();
  const patience = { isOver: true };
  const alive = { is: true };
  /** The leases of the other one, which has ended; `inTime`: until the store is asked. */
  const closing = { is: false, inTime: false };
  const bank = createBank({
    leases: {
      grant: ({ need }) => {
        if (closing.inTime) closing.is = false;
        const granted = BUDGET.limit - leased >= need ? need : micros(0);
        leased += granted;
        return Promise.resolve({ granted, left: micros(BUDGET.limit - leased) });
      },
      giveBack: (_lease, amount) => Promise.resolve(void (leased -= amount)),
    },
    clock: { ledger: () => 0 },
    budget: () => BUDGET,
    holders: {
      live: () => 2,
      isAlive: () => alive.is,
      isClosing: () => closing.is,
      others: () => (closing.is || closing.inTime ? [] : [HANGING]),
      recall() {
        asked += 1;
        return held.promise;
      },
    },
    patience: () => (patience.isOver ? Promise.resolve() : new Promise(() => {})),
    loaded: (_holder, position) => Promise.resolve(void loaded.push(position)),
  });
  return { bank, patience, alive, closing, loaded, ...held, leased: () => leased, asked: () => asked };
}

test('money that a process gives up after the deadline is booked for the next ask, and once', async () => {
  const { bank, resolve, leased, loaded, asked } = setUp();
  assert.equal((await bank.grant(ASKING, ask)).granted, 0);
  assert.equal((await bank.grant(ASKING, ask)).granted, 0);
  assert.equal(asked(), 1, 'one question at a time');
  resolve(LATE);
  await turn();
  assert.equal(leased(), 40);
  assert.deepEqual(loaded, [7], 'its journal comes first');
  assert.equal((await bank.grant(ASKING, ask)).granted, 50);
  assert.equal(leased(), 90);
});

test('an ask goes on with an answer to the question of one before', async () => {
  const { bank, resolve, patience, leased } = setUp();
  await bank.grant(ASKING, ask);
  patience.isOver = false;
  const granted = bank.grant(ASKING, ask);
  await turn();
  resolve(LATE);
  assert.equal((await granted).granted, 50);
  assert.equal(leased(), 90);
});

test('an ask that gets nothing is told whether money of others may still come', async () => {
  for (const [end, isLate] of [
    ['silence', true],
    ['failure', true],
    ['nothing', false],
  ] as const) {
    const { bank, resolve, reject, patience } = setUp();
    patience.isOver = end === 'silence';
    const asked = bank.grant(ASKING, ask);
    if (end === 'failure') reject(new Error('the process has ended'));
    if (end === 'nothing') resolve({ amount: micros(0), position: 0 });
    const answer = await asked;
    assert.deepEqual([answer.granted, answer.isLate], [0, isLate], end);
  }
});

test('an ask that gets nothing while the leases of an ended process are open is told that money may still come', async () => {
  const { bank, closing } = setUp();
  closing.is = true;
  assert.equal((await bank.grant(ASKING, ask)).isLate, true);
});

test('so is one whose answer from the store was on its way when they were closed', async () => {
  const { bank, closing } = setUp();
  Object.assign(closing, { is: true, inTime: true });
  assert.equal((await bank.grant(ASKING, ask)).isLate, true);
});

test('a process that ends before it answers is asked for nothing more, and books nothing', async () => {
  const { bank, reject, patience, leased } = setUp();
  patience.isOver = false;
  const granted = bank.grant(ASKING, ask);
  reject(new Error('the process has ended'));
  assert.equal((await granted).granted, 0);
  assert.equal(leased(), 100);
});

test('money for a process that has ended while it waited goes back at once', async () => {
  const { bank, resolve, patience, alive, leased } = setUp();
  patience.isOver = false;
  const granted = bank.grant(ASKING, ask);
  await turn();
  alive.is = false;
  resolve(LATE);
  assert.equal((await granted).granted, 0);
  await turn();
  assert.equal(leased(), 40);
});

test('of a store that lacks what it had taken nothing is granted, and it is looked for', async () => {
  const asked: unknown[] = [];
  let rechecked = 0;
  const place = { node: 'w1', epoch: 1, position: 7 };
  const bank = createBank({
    leases: {
      grant({ loaded }) {
        asked.push(loaded);
        return Promise.reject(new RingfenceError('conflict', 'not loaded'));
      },
      giveBack: () => Promise.resolve(),
    },
    clock: { ledger: () => 0 },
    budget: () => BUDGET,
    holders: {
      live: () => 1,
      isAlive: () => true,
      isClosing: () => false,
      others: () => [],
      recall: () => Promise.reject(new Error()),
    },
    patience: () => Promise.resolve(),
    loaded: () => Promise.resolve(),
    journals: { places: () => [place], recheck: () => void (rechecked += 1) },
  });
  await assert.rejects(bank.grant(ASKING, ask), { code: 'conflict' });
  assert.deepEqual([asked, rechecked], [[[place]], 1]);
});
