const FIRST = 1000;
const SLOWEST = 3_600_000;
const DOUBLINGS = Math.floor(Math.log2(SLOWEST / FIRST));

/**
 * True when a row of age `now - at` must be asked for again, given that it had its turn at `since`: at once, after
 * 1, 2, 4, 8 … seconds, and every hour in the end. It follows from the age alone, so nothing is kept per row and a
 * restart only asks once too often. All times are wall ms.
 */
export function isDue(at: number, since: number, now: number): boolean {
  return turns(now - at) > turns(since - at);
}

/**
 * Of the hourly turns, those at which a question may cost something: after 1, 2, 4, 8 … hours. `age` in ms.
 */
export function isWorthPaying(age: number): boolean {
  const hours = Math.floor(age / SLOWEST);
  return hours >= 1 && Number.isInteger(Math.log2(hours));
}

/** How many turns a row of this age has had. */
function turns(age: number): number {
  if (age < 0) return 0;
  if (age < FIRST) return 1;
  if (age < SLOWEST) return 2 + Math.floor(Math.log2(age / FIRST));
  return 2 + DOUBLINGS + Math.floor(age / SLOWEST);
}
