import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement } from '../intent/settlement.ts';
import { micros, type Money } from '../kernel/money.ts';
import type { PermittedRequest } from './decide.ts';
import type { Outcome } from './forward.ts';
import type { PipelineParts } from './parts.ts';
import { recordOutcome, type Completion } from './record.ts';
import { settle } from './settle.ts';

const BOUND: Money = { amount: micros(50_000), currency: 'EUR' };

/** Settles a request of a bound in EUR whose answer says that it cost so much. */
function settleAt(cost: Money | null) {
  const committed: (Money | null)[] = [];
  const written: string[] = [];
  const parts = {
    budgets: {
      commit(_reservation: unknown, known: Money | null) {
        committed.push(known);
        return [];
      },
    },
    journal: {
      append({ type }: { type: string }) {
        if (type === 'incident') throw new Error('the journal is out of space');
        written.push(type);
      },
    },
    clock: { wall: () => 0 },
    counters: {},
  };
  const settlement: Settlement = { outcome: 'accepted', cost, resourceIds: [] };
  const permitted = {
    request: { vendor: { readSettlement: () => settlement } },
    account: { id: 'account_1' },
    intent: { operation: 'x' },
    permission: { admission: { release() {} }, reservation: {}, bound: { money: BOUND } },
  } as unknown as PermittedRequest;
  const outcome = {
    kind: 'answered',
    status: 200,
    headers: {},
    body: Buffer.alloc(0),
    rest: null,
    token: null,
  } as const;
  const settled = settle(parts as unknown as PipelineParts, permitted, outcome);
  const ended: Completion = { position: 0, settled, outcome };
  const record = () => recordOutcome(parts as unknown as PipelineParts, permitted, ended);
  return { amount: settled.amount, isFinal: settled.isFinal, committed, written, record };
}

test('nothing is nothing in every currency', () => {
  const { amount, isFinal, committed } = settleAt({ amount: micros(0), currency: 'USD' });
  assert.deepEqual([amount, isFinal, committed[0]?.amount], [0, true, 0]);
  assert.equal(committed[0]?.currency, 'EUR', 'the budgets have a rate for the currency of the bound');
});

test('a price in another currency is no price of the bound, which stays until it is looked up', () => {
  const { amount, isFinal, committed } = settleAt({ amount: micros(9), currency: 'USD' });
  assert.deepEqual([amount, isFinal, committed], [BOUND.amount, false, [null]]);
});

test('a price above the bound is booked also where the incident that tells of it cannot be written', () => {
  const { amount, committed, written, record } = settleAt({ amount: micros(70_000), currency: 'EUR' });
  assert.throws(record, /out of space/);
  assert.deepEqual([amount, committed[0]?.amount, written], [70_000, 70_000, ['outcome']]);
});

test('only what surely did not happen gives its money back; whatever happened, the place of the request is free', () => {
  const told = { status: 200, headers: {}, body: Buffer.alloc(0) };
  for (const [kind, outcome, expected] of [
    ['answered', 'rejected', ['admission', 'released money']],
    ['answered', 'unknown', ['admission']],
    ['answered', 'accepted', ['admission', 'committed money']],
    ['lost', 'accepted', ['admission']],
    ['unreachable', 'accepted', ['admission', 'released money']],
  ] as const) {
    const seen: string[] = [];
    const parts = {
      budgets: {
        release: () => seen.push('released money'),
        commit() {
          seen.push('committed money');
          return [];
        },
      },
      counters: { unknownOutcomes: 0 },
    };
    const permitted = {
      request: { vendor: { readSettlement: () => ({ outcome, cost: null, resourceIds: [] }) } },
      permission: {
        admission: { release: () => seen.push('admission') },
        reservation: {},
        bound: { money: BOUND },
      },
    } as unknown as PermittedRequest;
    const happened = { kind, ...told } as unknown as Outcome;
    const { state } = settle(parts as unknown as PipelineParts, permitted, happened);
    assert.deepEqual(seen, expected, `${kind} ${outcome}`);
    assert.equal(parts.counters.unknownOutcomes, state === 'unknown' ? 1 : 0);
  }
});
