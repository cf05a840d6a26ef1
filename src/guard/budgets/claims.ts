import { next, refuse, type Refused, type Step } from '../../intent/decision.ts';
import type { Intent } from '../../intent/intent.ts';
import { formatMicros, micros, scaleUp, type Micros, type Money } from '../../kernel/money.ts';
import type { BudgetRecord, Reserve } from '../../store/records.ts';
import type { Bound } from '../subject.ts';
import { coversIntent } from './scope.ts';
import type { Slice } from './slice.ts';

/** What one request needs of one budget, in the budget's unit. */
export interface Claim {
  readonly slice: Slice;
  readonly amount: Micros;
}

/** Money taken from every budget that applies. */
export interface Reservation {
  readonly reserves: readonly Reserve[];
  readonly slices: readonly Slice[];
}

const COUNT_UNIT = 1_000_000;
/** Above every limit, and far enough below 2^53 for an estimate in floating point. */
const MOST = 2 ** 52;

/** The claims of a request on those `slices` whose budgets cover its intent; refused when a currency does not fit. */
export function claimsOn(slices: readonly Slice[], intent: Intent, bound: Bound): Step<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const slice of slices) {
    if (!coversIntent(slice.budget.scope, intent)) continue;
    const { budget } = slice;
    const amount = amountFor(budget, bound);
    if (amount === null)
      return budget.rates[bound.money.currency] === undefined
        ? currencyMismatch(budget, bound)
        : beyondNumbers(budget);
    claims.push({ slice, amount });
  }
  return next(claims);
}

/** A request that is free at first needs a period as well, since its final cost may be more. */
export function isLacking({ slice, amount }: Claim): boolean {
  return slice.free < amount || slice.period < 0;
}

/** Takes every claim from its slice, or none and answers null. One synchronous step. */
export function take(claims: readonly Claim[]): Reservation | null {
  if (claims.some(isLacking)) return null;
  const reserves: Reserve[] = [];
  const slices: Slice[] = [];
  for (const { slice, amount } of claims) {
    slice.free -= amount;
    slice.spentSinceGrant += amount;
    reserves.push([slice.budget.id, slice.period, amount]);
    slices.push(slice);
  }
  return { reserves, slices };
}

/** What a cost that became known takes from a budget: what was reserved, where the budget cannot express it. */
export function settledAmount(budget: BudgetRecord, cost: Money, reserved: Micros): Micros {
  return budget.unit === 'count' ? reserved : (convert(budget, cost) ?? reserved);
}

function amountFor(budget: BudgetRecord, bound: Bound): Micros | null {
  return budget.unit === 'count' ? micros(bound.count * COUNT_UNIT) : convert(budget, bound.money);
}

/** Null without a rate, and when there are more micros of the budget's currency than numbers count exactly. */
function convert({ currency, rates }: BudgetRecord, money: Money): Micros | null {
  if (money.currency === currency) return money.amount;
  const rate = rates[money.currency];
  if (rate === undefined || money.amount * (rate / COUNT_UNIT) > MOST) return null;
  return scaleUp(money.amount, rate);
}

function beyondNumbers({ name, currency }: BudgetRecord): Refused {
  const message = `The budget ${name} in ${currency} cannot express what this may cost; it is more than any limit.`;
  return refuse('budget_exceeded', `budget:${name}`, message);
}

function currencyMismatch(budget: BudgetRecord, { money }: Bound): Refused {
  const message = `The price is in ${money.currency}, the budget ${budget.name} in ${budget.currency} without a rate for it.`;
  return refuse('budget_currency', `budget:${budget.name}`, message);
}

/** The refusal of a claim that the bank has no money for. */
export function exceeded({ slice, amount }: Claim): Refused {
  const { name, limit, currency, unit } = slice.budget;
  const show = (value: number): string =>
    unit === 'count' ? String(value / COUNT_UNIT) : `${formatMicros(micros(value))} ${currency}`;
  const left = Math.max(0, slice.left + slice.free);
  return refuse(
    'budget_exceeded',
    `budget:${name}`,
    `The budget ${name} of ${show(limit)} has ${show(left)} left; this needs ${show(amount)}.`,
  );
}
