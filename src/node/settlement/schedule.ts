const FIRST = 1000;
const SLOWEST = 3_600_000;
const DOUBLINGS = Math.floor(Math.log2(SLOWEST / FIRST));

/**
 * True when a row of age `now - at` must be asked for again, given that it had its turn at `since`: at once, after
 * 1, 2, 4, 8 … seconds, and every hour in the end. It follows from the age alone, so nothing is kept per row and a
 * restart only asks once too often. It has a turn too at the age `proven` in ms, from which it counts what is not found:
 * the next but that may be far. All times are wall ms.
 */
export function isDue(at: number, since: number, now: number, proven = Infinity): boolean {
  return turns(now - at) > turns(since - at) || (since - at < proven && now - at >= proven);
}

/** Wall ms at which a row is due next, as `isDue` has it. */
export function nextTurn(at: number, now: number, proven = Infinity): number {
  const age = Math.max(0, now - at);
  const next =
    age < SLOWEST ? Math.min(SLOWEST, FIRST * 2 ** Math.max(0, turns(age) - 1)) : after(age, SLOWEST);
  return at + (age < proven ? Math.min(next, proven) : next);
}

/** As `nextTurn`, of the turns at which a question may cost something. */
export function nextWorthPaying(at: number, now: number): number {
  const hours = Math.floor(Math.max(0, now - at) / SLOWEST);
  return at + SLOWEST * (hours === 0 ? 1 : 2 ** (Math.floor(Math.log2(hours)) + 1));
}

/**
 * Of the hourly turns, those at which a question may cost something: after 1, 2, 4, 8 … hours. `age` in ms.
 */
export function isWorthPaying(age: number): boolean {
  const hours = Math.floor(age / SLOWEST);
  return hours >= 1 && Number.isInteger(Math.log2(hours));
}

const after = (age: number, every: number): number => (Math.floor(age / every) + 1) * every;

/** How many turns a row of this age has had. */
function turns(age: number): number {
  if (age < 0) return 0;
  if (age < FIRST) return 1;
  if (age < SLOWEST) return 2 + Math.floor(Math.log2(age / FIRST));
  return 2 + DOUBLINGS + Math.floor(age / SLOWEST);
}
