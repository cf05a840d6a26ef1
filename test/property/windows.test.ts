import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Budgets } from '../../src/guard/budgets/budgets.ts';
import type { Reservation } from '../../src/guard/budgets/claims.ts';
import { message, somebody } from '../../src/guard/intents-fixture.ts';
import { micros } from '../../src/kernel/money.ts';
import type { BudgetRecord, BudgetWindow } from '../../src/store/records.ts';
import { openFleet } from './budget-fleet.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A slice is good for a second more than its period. */
const GRACE = 1000;

const WINDOWS: Readonly<Record<string, BudgetWindow>> = {
  day: { kind: 'day' },
  week: { kind: 'week' },
  month: { kind: 'month' },
  total: { kind: 'total' },
  sliding: { kind: 'sliding', milliseconds: 6 * HOUR },
};
const NAMES = Object.keys(WINDOWS);
/** Each is the narrowest now and then. */
const LIMITS: Readonly<Record<string, number>> = { sliding: 60, day: 90, week: 8, month: 200, total: 1000 };

/** Beginning of the window that ends with `now`, as a person would look it up in a calendar of UTC. */
function beginning(name: string, now: number): number {
  const date = new Date(now);
  if (name === 'total') return 0;
  if (name === 'sliding') return now - 6 * HOUR;
  if (name === 'month') date.setUTCDate(1);
  if (name === 'week') while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
  date.setUTCHours(0, 0, 0, 0);
  return date.getTime();
}

interface Spending {
  readonly at: number;
  readonly amounts: Map<string, number>;
}

interface Open extends Spending {
  readonly budgets: Budgets;
  readonly reservation: Reservation;
}

/** Leases as sums by budget and period. */
function createLeases() {
  const periods = new Map<string, Map<number, number>>();
  const of = (budget: string): Map<number, number> => {
    const known = periods.get(budget) ?? new Map<number, number>();
    periods.set(budget, known);
    return known;
  };
  const sum = (budget: string, since = -Infinity): number =>
    [...of(budget)].reduce((total, [start, amount]) => total + (start >= since ? amount : 0), 0);
  const add = (budget: string, period: number, amount: number): void => {
    const now = (of(budget).get(period) ?? 0) + amount;
    assert.ok(now >= 0, `${budget}: more was given back than was granted`);
    of(budget).set(period, now);
  };
  return { sum, add };
}

function openWorld(size: number, start: number) {
  const leases = createLeases();
  let now = start;
  const limits = new Map(Object.entries(LIMITS));
  const recordOf = (name: string): BudgetRecord => ({
    id: name,
    name,
    scope: {},
    unit: name === 'week' ? 'count' : 'money',
    currency: name === 'week' ? 'MESSAGES' : 'USD',
    limit: micros((limits.get(name) ?? 0) * (name === 'week' ? 1_000_000 : 1)),
    window: WINDOWS[name] ?? assert.fail(),
    rates: {},
    createdAt: 0,
  });
  const clock = { ledger: () => now, monotonic: () => now };
  const processes = openFleet({
    size,
    clock,
    leases: {
      grant: async ({ budget, period, since, limit, need, want }) => {
        const room = limit - leases.sum(budget, since);
        const granted = room >= need ? Math.min(want, room) : 0;
        leases.add(budget, period, granted);
        return { granted: micros(granted), left: micros(Math.max(0, room - granted)) };
      },
      giveBack: async ({ budget, period }, amount) => leases.add(budget, period, -amount),
    },
    records: () => NAMES.map(recordOf),
  });
  return {
    leases,
    processes,
    now: () => now,
    advance: (milliseconds: number) => void (now += milliseconds),
    /** Half to double of what the limit was at first. */
    change(name: string, choice: number) {
      limits.set(name, Math.ceil((LIMITS[name] ?? 0) * (0.5 + choice / 30)));
      for (const budgets of processes) budgets.configure(NAMES.map(recordOf));
    },
    limit: (name: string) => recordOf(name).limit,
  };
}

const step = fc.record({
  act: fc.constantFrom(
    'spend',
    'spend',
    'spend',
    'spend',
    'release',
    'cheaper',
    'wait',
    'wait',
    'change',
    'tend',
  ),
  at: fc.nat(2),
  amount: fc.integer({ min: 0, max: 45 }),
  pause: fc.constantFrom(400, 5_000, 7 * 60_000, HOUR, 3 * HOUR, 6 * HOUR - 8 * 60_000, DAY, 20 * DAY),
  budget: fc.constantFrom(...NAMES),
});

/** Around a leap day and the ends of a month, a year and summer time in Europe. */
const STARTS = [
  '2028-02-29T23:59:59.500Z',
  '2026-12-31T23:59:00Z',
  '2026-03-29T00:59:59.900Z',
  '2026-10-25T00:59:00Z',
];

type World = ReturnType<typeof openWorld>;

interface Run {
  readonly world: World;
  readonly standing: Spending[];
  readonly open: Open[];
}

async function spend({ world, standing, open }: Run, budgets: Budgets, amount: number): Promise<void> {
  const bound = { money: { amount: micros(amount), currency: 'USD' }, count: 1, source: '' };
  const reserved = await budgets.reserve(somebody, message, bound);
  if (!reserved.ok) return;
  const { reserves } = reserved.value;
  const amounts = new Map<string, number>(reserves.map(([name, , taken]) => [name, taken]));
  assert.deepEqual([...amounts.keys()].toSorted(), NAMES.toSorted(), 'all budgets or none');
  const one = { at: world.now(), amounts, budgets, reservation: reserved.value };
  standing.push(one);
  open.push(one);
}

/** The vendor says no, or states less than the bound. */
function finish({ open }: Run, isRefused: boolean): void {
  const one = open.pop();
  if (one === undefined) return;
  const { budgets, reservation, amounts } = one;
  if (isRefused) {
    budgets.release(reservation);
    amounts.clear();
    return;
  }
  const cost = { amount: micros(Math.min(3, amounts.get('total') ?? 0)), currency: 'USD' };
  const spent = budgets.commit(reservation, cost);
  reservation.reserves.forEach(([name], index) => amounts.set(name, spent[index] ?? 0));
}

function standingSince({ standing }: Run, name: string, since: number): number {
  const counted = standing.filter(({ at }) => at >= since);
  return counted.reduce((sum, { amounts }) => sum + (amounts.get(name) ?? 0), 0);
}

describe('budgets with windows of every kind at once', () => {
  it('hold in each of them, lose nothing, and are spent together or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...STARTS),
        fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }),
        async (start, steps) => {
          const world = openWorld(3, Date.parse(start));
          const run: Run = { world, standing: [], open: [] };
          const highest = new Map(NAMES.map((name) => [name, world.limit(name) as number]));
          for (const { act, at, amount, pause, budget } of steps) {
            const budgets = world.processes[at] ?? assert.fail();
            if (act === 'wait') world.advance(pause);
            else if (act === 'tend') for (const one of world.processes) one.tend();
            else if (act === 'change') world.change(budget, amount);
            else if (act === 'spend') await spend(run, budgets, amount);
            else finish(run, act === 'release');
            highest.set(budget, Math.max(highest.get(budget) ?? 0, world.limit(budget)));
            await turn();
            for (const name of NAMES) {
              const spent = standingSince(run, name, beginning(name, world.now()) + GRACE);
              assert.ok(spent <= (highest.get(name) ?? 0), `${name}: ${spent} of ${highest.get(name)}`);
            }
          }
          // What everybody gives up leaves what stands, and nothing else.
          for (const budgets of world.processes) budgets.configure([]);
          await turn();
          for (const name of NAMES)
            assert.equal(world.leases.sum(name), standingSince(run, name, -Infinity), name);
        },
      ),
      { numRuns: Number(process.env['RINGFENCE_RUNS'] ?? 100) },
    );
  });
});
