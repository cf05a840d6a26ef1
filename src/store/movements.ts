import type { LeaseRecord, Reserve } from './records.ts';

/** What happens to one budget period and to the lease that the reporting process holds on it, in micros. */
export interface Movement {
  readonly budget: string;
  readonly period: number;
  /** Added to `spent`. */
  spent: number;
  /** Added to the lease: negative when rows consume it. */
  lease: number;
  /** Place in the list. */
  readonly index: number;
}

/** Sums over (budget, period), so that a batch of any size needs one update each. */
export interface Movements {
  readonly list: readonly Movement[];
  add(budget: string, period: number, spent: number, lease: number): void;
  /**
   * Books a new row that reserved `reserved` out of the lease and stands at `now`, of the same budget periods, in the
   * same batch: what it costs less went back into the lease, what it costs more never comes out of it. Adds `now` to
   * `pairs`, as index of the movement and amount.
   */
  reserve(reserved: readonly Reserve[], now: readonly Reserve[], pairs: number[]): void;
  /**
   * Books the change from `before` to `after`, of the same budget periods. Savings go back into the lease when `toLease`;
   * excess never comes out of it, because its holder may still count on that money.
   */
  change(before: readonly Reserve[], after: readonly Reserve[], toLease: boolean): void;
}

export function createMovements(): Movements {
  const list: Movement[] = [];
  const budgets = new Map<string, Map<number, Movement>>();

  function of(budget: string, period: number): Movement {
    const movement = budgets.get(budget)?.get(period);
    return movement ?? create(budget, period);
  }

  function create(budget: string, period: number): Movement {
    const movement = { budget, period, spent: 0, lease: 0, index: list.length };
    const periods = budgets.get(budget);
    if (periods === undefined) budgets.set(budget, new Map([[period, movement]]));
    else periods.set(period, movement);
    list.push(movement);
    return movement;
  }

  function add(budget: string, period: number, spent: number, lease: number): void {
    const movement = of(budget, period);
    movement.spent += spent;
    movement.lease += lease;
  }

  // Hot: index access instead of destructuring, one look-up for each reserve.
  function reserve(reserved: readonly Reserve[], now: readonly Reserve[], pairs: number[]): void {
    for (let index = 0; index < now.length; index++) {
      const one = now[index] as Reserve;
      const movement = of(one[0], one[1]);
      pairs.push(movement.index, one[2]);
      movement.spent += one[2];
      movement.lease -= Math.min(one[2], (reserved[index] as Reserve)[2]);
    }
  }

  function change(before: readonly Reserve[], after: readonly Reserve[], toLease: boolean): void {
    after.forEach(([budget, period, amount], index) => {
      const difference = amount - (before[index] as Reserve)[2];
      if (difference !== 0) add(budget, period, difference, toLease && difference < 0 ? -difference : 0);
    });
  }

  return { list, add, reserve, change };
}

export interface LeaseAmounts {
  readonly state: LeaseRecord['state'];
  readonly remaining: number;
  /** Consumed beyond what was granted: a contradiction that `verify` names while the lease is open. */
  readonly overdrawn: number;
}

/** The lease of a process that holds none yet. */
export const NO_LEASE: LeaseAmounts = { state: 'open', remaining: 0, overdrawn: 0 };

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
