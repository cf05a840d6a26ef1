import type { LeaseRecord, Reserve } from './records.ts';

/** What happens to one budget period and to the lease that the reporting process holds on it, in micros. */
export interface Movement {
  readonly budget: string;
  readonly period: number;
  /** Added to `spent`. */
  spent: number;
  /** Added to the lease: negative when rows consume it. */
  lease: number;
  /** JSON text of a reserve up to its amount. */
  readonly text: string;
}

/** Sums over (budget, period), so that a batch of any size needs one update each. */
export interface Movements {
  readonly list: readonly Movement[];
  add(budget: string, period: number, spent: number, lease: number): void;
  /** Takes the reserves of a new row out of the lease; returns their JSON text. */
  reserve(reserves: readonly Reserve[]): string;
  /**
   * Books the change from `before` to `after`; false when there is none. Savings go back into the lease when
   * `toLease`; excess never comes out of it, because its holder may still count on that money.
   */
  change(before: readonly Reserve[], after: readonly Reserve[], toLease: boolean): boolean;
}

export function createMovements(): Movements {
  const list: Movement[] = [];
  const budgets = new Map<string, Map<number, Movement>>();

  function of(budget: string, period: number): Movement {
    let periods = budgets.get(budget);
    if (periods === undefined) budgets.set(budget, (periods = new Map()));
    let movement = periods.get(period);
    if (movement === undefined) {
      movement = { budget, period, spent: 0, lease: 0, text: `[${JSON.stringify(budget)},${period},` };
      periods.set(period, movement);
      list.push(movement);
    }
    return movement;
  }

  function add(budget: string, period: number, spent: number, lease: number): void {
    const movement = of(budget, period);
    movement.spent += spent;
    movement.lease += lease;
  }

  function reserve(reserves: readonly Reserve[]): string {
    let text = '';
    for (const [budget, period, amount] of reserves) {
      const movement = of(budget, period);
      movement.spent += amount;
      movement.lease -= amount;
      text += `${text === '' ? '' : ','}${movement.text}${amount}]`;
    }
    return `[${text}]`;
  }

  function change(before: readonly Reserve[], after: readonly Reserve[], toLease: boolean): boolean {
    const differences = differencesOf(before, after);
    for (const [budget, period, amount] of differences)
      add(budget, period, amount, toLease && amount < 0 ? -amount : 0);
    return differences.length > 0;
  }

  return { list, add, reserve, change };
}

/** What `after` takes more (or less, negative) than `before`, by budget and period; zeros left out. */
function differencesOf(before: readonly Reserve[], after: readonly Reserve[]): Difference[] {
  if (before === after) return [];
  const differences: Difference[] = [];
  const aligned =
    before.length === after.length &&
    after.every(([budget, period], index) => before[index]?.[0] === budget && before[index][1] === period);
  if (aligned)
    after.forEach(([budget, period, amount], index) => {
      const difference = amount - (before[index]?.[2] ?? 0);
      if (difference !== 0) differences.push([budget, period, difference]);
    });
  else {
    for (const [budget, period, amount] of before) addTo(differences, budget, period, -amount);
    for (const [budget, period, amount] of after) addTo(differences, budget, period, amount);
  }
  return differences.filter(([, , amount]) => amount !== 0);
}

type Difference = [budget: string, period: number, amount: number];

function addTo(differences: Difference[], budget: string, period: number, amount: number): void {
  const found = differences.find((one) => one[0] === budget && one[1] === period);
  if (found === undefined) differences.push([budget, period, amount]);
  else found[2] += amount;
}

export interface LeaseAmounts {
  readonly state: LeaseRecord['state'];
  readonly remaining: number;
  /** Consumed beyond what was granted: a contradiction that `verify` names while the lease is open. */
  readonly overdrawn: number;
}

export interface LeaseMove extends LeaseAmounts {
  /** Changes of the period. */
  readonly leased: number;
  readonly presumed: number;
}

/**
 * Adds `delta` to a lease. An open lease never goes below zero: what is missing is noted as overdrawn. A presumed
 * lease only shrinks, when records of its holder turn up after all. A closed one stays: the budget takes it all.
 */
export function moveLease(lease: LeaseAmounts, delta: number): LeaseMove | null {
  if (delta === 0 || lease.state === 'closed' || (lease.state === 'presumed' && delta > 0)) return null;
  const remaining = Math.max(0, lease.remaining + delta);
  const moved = remaining - lease.remaining;
  if (lease.state === 'presumed') return { ...lease, remaining, leased: 0, presumed: moved };
  const missing = Math.max(0, -(lease.remaining + delta));
  return { state: 'open', remaining, overdrawn: lease.overdrawn + missing, leased: moved, presumed: 0 };
}
