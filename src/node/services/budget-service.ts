import { randomBytes } from 'node:crypto';
import type { BudgetService, PresumedMoney, Release } from '../../api/services/budgets.ts';
import { periodAt } from '../../guard/budgets/window.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { formatMicros, micros, type Micros } from '../../kernel/money.ts';
import type { Store } from '../../store/ports.ts';
import type { BudgetRecord } from '../../store/records.ts';
import type { Primary } from '../primary.ts';
import { withUse } from './budget-use.ts';

export interface BudgetServiceParts extends Pick<Primary, 'record' | 'lock' | 'refreshBudgets'> {
  readonly store: {
    readonly budgets: Pick<Store['budgets'], 'get' | 'list' | 'put' | 'remove'>;
    readonly leases: Pick<Store['leases'], 'sums' | 'presumed' | 'forgive'>;
  };
  readonly clock: Pick<Primary['clock'], 'wall' | 'ledger'>;
}

/** Budgets, what is spent of them, and what is only presumed to be. */
export function createBudgetService(parts: BudgetServiceParts): BudgetService {
  const { store, record, clock, lock, refreshBudgets } = parts;
  const presumed = (budget: BudgetRecord) => presumedOf(parts, budget);
  const alone = <T>(work: () => Promise<T>): Promise<T> => lock('budgets changed', work);
  return {
    put: (request, actor) =>
      alone(async () => {
        const { name, limit, currency, unit } = request;
        const known = (await store.budgets.list()).find((budget) => budget.name === name);
        if (known !== undefined) checkSameMoney(known, request);
        await record({ actor, act: 'budget.put', target: name, detail: { limit, currency, unit } });
        const id = known?.id ?? newId('budget', randomBytes);
        const budget = { ...request, id, createdAt: known?.createdAt ?? clock.wall() };
        await store.budgets.put(budget);
        await refreshBudgets();
        return budget;
      }),
    list: () => store.budgets.list(),
    uses: async () => withUse(store.leases, clock.ledger(), await store.budgets.list()),
    presumed,
    release: (budget, release, actor) =>
      alone(async () => {
        const { reason } = release;
        const given = partsOf(budget, await presumed(budget), release);
        const amount = sumOf(given);
        const detail = { amount, currency: budget.currency, reason, from: byProcess(given) };
        await record({ actor, act: 'budget.release', target: budget.name, detail });
        for (const one of given) await store.leases.forgive(budget.id, one.period, one.amount, one);
        return amount;
      }),
    remove: (id, actor) =>
      alone(async () => {
        const known = await store.budgets.get(id);
        if (known === null) return false;
        await record({ actor, act: 'budget.remove', target: known.name, detail: { id } });
        const isRemoved = await store.budgets.remove(id);
        await refreshBudgets();
        return isRemoved;
      }),
  };
}

/** What is spent of a budget is a number of its unit and currency: in others it would be another amount. */
function checkSameMoney(
  { name, unit, currency }: BudgetRecord,
  changed: Pick<BudgetRecord, 'unit' | 'currency'>,
): void {
  if (unit === changed.unit && (unit === 'count' || currency === changed.currency)) return;
  throw new RingfenceError(
    'conflict',
    `The budget ${name} counts ${unit === 'count' ? 'messages and calls' : currency}, and so does what is spent of it. Remove it first, or choose another name.`,
  );
}

async function presumedOf(
  { store, clock }: BudgetServiceParts,
  { id, window }: BudgetRecord,
): Promise<readonly PresumedMoney[]> {
  const leases = await store.leases.presumed(id, periodAt(window, clock.ledger()).since);
  return leases.map(({ node, epoch, period, remaining }) => ({ node, epoch, period, amount: remaining }));
}

/**
 * What each process and period gives up, of the oldest periods first: what stays presumed counts for longer. Throws
 * `conflict` when the caller has seen another sum, as after a release that is asked for twice.
 */
function partsOf(
  { name, currency }: BudgetRecord,
  all: readonly PresumedMoney[],
  { process, amount, presumed }: Release,
): readonly PresumedMoney[] {
  const meant = all.filter((one) => process === null || processOf(one) === process);
  const there = sumOf(meant);
  const whose = process === null ? name : `${name} by ${process}`;
  const say = (text: string): RingfenceError => new RingfenceError('conflict', text);
  if (there === 0) throw say(`Nothing is presumed spent of budget ${whose}.`);
  const isNow = `${formatMicros(there)} ${currency} are presumed spent of budget ${whose}`;
  if (there !== presumed) throw say(`${isNow} now, not ${formatMicros(presumed)}. Look at it again.`);
  let rest: number = amount ?? there;
  if (rest > there) throw say(`Only ${isNow}: no more than that can be released.`);
  return meant.flatMap((one) => {
    const part = micros(Math.min(rest, one.amount));
    rest -= part;
    return part > 0 ? [{ ...one, amount: part }] : [];
  });
}

function processOf({ node, epoch }: PresumedMoney): string {
  return `${node}-${epoch}`;
}

function sumOf(money: readonly PresumedMoney[]): Micros {
  return micros(money.reduce((sum, { amount }) => sum + amount, 0));
}

/** A record has its size: the first of very many. */
const RECORDED = 100;

function byProcess(money: readonly PresumedMoney[]): Readonly<Record<string, string>> {
  const all = Map.groupBy(money, processOf).entries().take(RECORDED);
  return Object.fromEntries(all.map(([process, its]) => [process, formatMicros(sumOf(its))]));
}
