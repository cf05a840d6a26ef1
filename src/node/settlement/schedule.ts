const FIRST_MILLISECONDS = 1000;
const HOUR_MILLISECONDS = 3_600_000;
const DOUBLINGS = Math.floor(Math.log2(HOUR_MILLISECONDS / FIRST_MILLISECONDS));

/**
 * True when a row that was written at `at`, and was last looked for at `since`, is to be looked for at `now`: at once, at the
 * age of 1, 2, 4, 8 … seconds, then every hour. This follows from its age alone, so nothing is kept for each row, and a
 * restart only asks once too often. A row is due also at the age of `proven` ms, from which absence at the vendor proves
 * that nothing was sent; the next of the other ages may be much later. All times are wall ms.
 */
export function isDue(at: number, since: number, now: number, proven = Infinity): boolean {
  return turns(now - at) > turns(since - at) || (since - at < proven && now - at >= proven);
}

/** Wall ms at which a row is due next, as `isDue` has it. */
export function nextTurn(at: number, now: number, proven = Infinity): number {
  const age = Math.max(0, now - at);
  const next =
    age < HOUR_MILLISECONDS
      ? Math.min(HOUR_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.max(0, turns(age) - 1))
      : after(age, HOUR_MILLISECONDS);
  return at + (age < proven ? Math.min(next, proven) : next);
}

/** Wall ms of the next turn at which a question may be asked that the vendor charges for (`isWorthPaying`). */
export function nextWorthPaying(at: number, now: number): number {
  const hours = Math.floor(Math.max(0, now - at) / HOUR_MILLISECONDS);
  return at + HOUR_MILLISECONDS * (hours === 0 ? 1 : 2 ** (Math.floor(Math.log2(hours)) + 1));
}

/** Is this one of the hourly turns at which a question may cost something: after 1, 2, 4, 8 … hours? `age` in ms. */
export function isWorthPaying(age: number): boolean {
  const hours = Math.floor(age / HOUR_MILLISECONDS);
  return hours >= 1 && Number.isInteger(Math.log2(hours));
}

const after = (age: number, every: number): number => (Math.floor(age / every) + 1) * every;

/** How many turns a row of this age has had. */
function turns(age: number): number {
  if (age < 0) return 0;
  if (age < FIRST_MILLISECONDS) return 1;
  if (age < HOUR_MILLISECONDS) return 2 + Math.floor(Math.log2(age / FIRST_MILLISECONDS));
  return 2 + DOUBLINGS + Math.floor(age / HOUR_MILLISECONDS);
}
