import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { LedgerStatement } from '../../api/services/ledger.ts';
import type { RingfenceError } from '../../kernel/errors.ts';
import { micros } from '../../kernel/money.ts';
import type { BudgetRecord, Reserve } from '../../store/records.ts';
import { answer } from '../../vendors/shared/wire-fixture.ts';
import { createLedgerService } from '../services/ledger-service.ts';
import { BOUND, openWorld, type WorldOptions } from './settlement-fixture.ts';

const LIFE = { node: 'w0', epoch: 1 };
const BUDGET = { id: 'budget_a', unit: 'money', currency: 'USD', rates: {} } as unknown as BudgetRecord;
const PERIOD = 0;
const form = { To: '+4915215551234', Body: 'x' };
const notSent: LedgerStatement = { outcome: 'not-sent', cost: null, resource: null, reason: 'not listed' };
const atBound: LedgerStatement = { ...notSent, outcome: 'at-bound' };
const priced = (amount: number, resource: string | null = null): LedgerStatement => ({
  ...notSent,
  outcome: 'priced',
  cost: { amount: micros(amount), currency: 'USD' },
  resource,
});

/** The ledger's service over a real store; the acts are journaled into `acts`. */
async function open(context: TestContext, options: Pick<WorldOptions, 'answer' | 'budgets'> = {}) {
  const world = await openWorld(context, { budgets: [BUDGET], grace: 0, ...options });
  const acts: unknown[] = [];
  const service = createLedgerService({
    store: world.store,
    settlement: world.settlement,
    record: (act) => Promise.resolve(void acts.push(act)),
  });
  const settle = (position: number, statement: LedgerStatement) =>
    service.settle({ ...LIFE, position }, statement, 'admin/ada');
  return { ...world, acts, settle, verify: () => world.store.ledger.verify() };
}

const conflict = (message: RegExp) => (error: unknown) =>
  (error as RingfenceError).code === 'conflict' && message.test((error as Error).message);

test('a request that never happened frees what its budgets kept, and the act is on record', async (t) => {
  const { lose, settle, acts, store, verify } = await open(t);
  const at = await lose(form, false, 'Messages', [[BUDGET.id, PERIOD, BOUND]]);
  const row = await settle(at, notSent);
  assert.deepEqual([row.state, row.amount, row.settled], ['released', 0, true]);
  assert.deepEqual(row.reserves, [[BUDGET.id, PERIOD, 0]]);
  assert.deepEqual(await store.ledger.pending('unknown', 10), []);
  assert.deepEqual((await verify()).problems, []);
  assert.deepEqual(acts, [
    { actor: 'admin/ada', act: 'ledger.settle', target: `w0-1-${at}`, detail: { ...notSent } },
  ]);
});

test('a request that happened costs what is stated, also in its budgets, and keeps the id of the vendor', async (t) => {
  const { lose, settle, verify, incidents } = await open(t);
  const at = await lose(form, false, 'Messages', [[BUDGET.id, PERIOD, BOUND]]);
  const row = await settle(at, priced(7_900, 'SM1'));
  assert.deepEqual(
    [row.state, row.amount, row.settled, row.resourceIds],
    ['committed', 7_900, true, ['SM1']],
  );
  assert.deepEqual(row.reserves, [[BUDGET.id, PERIOD, 7_900]]);
  assert.deepEqual((await verify()).problems, []);
  assert.deepEqual(incidents, []);
});

test('a cost beyond the numbers of a budget of small units leaves there what was reserved', async (t) => {
  const rates = { USD: micros(42_000_000_000) };
  const budgets = [{ ...BUDGET, currency: 'IRR', rates }];
  const { lose, settle } = await open(t, { budgets });
  const at = await lose(form, false, 'Messages', [[BUDGET.id, PERIOD, BOUND]]);
  const row = await settle(at, priced(9_000_000_000_000, 'SM1'));
  assert.deepEqual([row.state, row.amount], ['committed', 9_000_000_000_000]);
  assert.deepEqual(row.reserves, [[BUDGET.id, PERIOD, BOUND]]);
});

test('what is settled is not looked for any more', async (t) => {
  const { lose, settle, settlement, row } = await open(t);
  const at = await lose(form, true);
  await settle(at, priced(7_900));
  await settlement.round();
  assert.equal((await row(at)).amount, 7_900);
});

test('what is settled while the vendor is asked stays, although the vendor then lists nothing', async (t) => {
  const asking = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const { lose, settle, settlement, row } = await open(t, {
    async answer() {
      asking.resolve();
      await settled.promise;
      return null;
    },
  });
  const at = await lose(form, false);
  const round = settlement.round();
  await asking.promise;
  await settle(at, priced(7_900));
  settled.resolve();
  await round;
  assert.deepEqual([(await row(at)).state, (await row(at)).amount], ['committed', 7_900]);
});

test('a price that is stated while the vendor is asked for it stays, although that never states one', async (t) => {
  const asking = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const { send, settle, settlement, row, advance } = await open(t, {
    async answer() {
      asking.resolve();
      await settled.promise;
      return answer(503, {});
    },
  });
  const at = await send(form);
  await advance(8 * 24 * 3_600_000);
  const round = settlement.round();
  await asking.promise;
  await settle(at, priced(2 * BOUND));
  settled.resolve();
  await round;
  assert.equal((await row(at)).amount, 2 * BOUND);
});

test('what cost nothing, but happened, counts', async (t) => {
  const counted = { ...BUDGET, id: 'budget_count', unit: 'count' } as const;
  const { lose, settle, verify } = await open(t, { budgets: [BUDGET, counted] });
  const reserves: Reserve[] = [
    [BUDGET.id, PERIOD, BOUND],
    [counted.id, PERIOD, micros(1_000_000)],
  ];
  const row = await settle(await lose(form, false, 'Messages', reserves), priced(0));
  assert.deepEqual(row.reserves, [
    [BUDGET.id, PERIOD, 0],
    [counted.id, PERIOD, 1_000_000],
  ]);
  assert.deepEqual((await verify()).problems, []);
});

test('of two statements at the same time about one request, one counts and the other is refused', async (t) => {
  const { lose, settle, acts, row, verify } = await open(t);
  const at = await lose(form, false, 'Messages', [[BUDGET.id, PERIOD, BOUND]]);
  const [first, second] = await Promise.allSettled([settle(at, priced(7_900)), settle(at, notSent)]);
  assert.equal(first.status, 'fulfilled');
  assert.ok(second.status === 'rejected' && conflict(/is known/)(second.reason));
  assert.deepEqual([(await row(at)).state, (await row(at)).amount, acts.length], ['committed', 7_900, 1]);
  assert.deepEqual((await verify()).problems, []);
});

test('a cost above the bound is booked, and an incident', async (t) => {
  const { lose, settle, incidents } = await open(t);
  const row = await settle(await lose(form, false), priced(BOUND + 1));
  assert.equal(row.amount, BOUND + 1);
  assert.deepEqual(incidents, ['cost-above-bound']);
});

test('what stands at its bound for want of a price can still be told one', async (t) => {
  const { lose, settle } = await open(t);
  const at = await lose(form, false);
  const bound = await settle(at, atBound);
  assert.deepEqual([bound.state, bound.amount, bound.atBound], ['committed', BOUND, true]);
  const row = await settle(at, priced(7_900));
  assert.deepEqual([row.amount, row.atBound === true], [7_900, false]);
});

test('what the vendor has said is not replaced', async (t) => {
  const { lose, send, settle, acts } = await open(t);
  const accepted = await send(form);
  await assert.rejects(settle(accepted, notSent), conflict(/has accepted the request/));
  const lost = await lose(form, false);
  await settle(lost, notSent);
  await assert.rejects(settle(lost, priced(1)), conflict(/is known/));
  await settle(accepted, priced(7_900));
  await assert.rejects(settle(accepted, atBound), conflict(/is known/));
  assert.equal(acts.length, 2, 'a refused act is none');
});

test('one thing at the vendor is the answer to one request', async (t) => {
  const { lose, settle } = await open(t);
  await settle(await lose(form, false), priced(7_900, 'SM1'));
  await assert.rejects(
    settle(await lose(form, false), priced(7_900, 'SM1')),
    conflict(/SM1 is what another/),
  );
});

test('settling a row that does not exist is refused, and names the row', async (t) => {
  const { settle } = await open(t);
  await assert.rejects(settle(99, notSent), /no ledger row w0-1-99/);
});
