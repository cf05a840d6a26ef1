/**
 * Time as the core sees it, in milliseconds.
 * - `wall` is the system's clock: record timestamps and the vendors' token claims.
 * - `monotonic` never jumps: durations and deadlines.
 * - `ledger` never goes back and follows forward steps of the wall clock only slowly:
 *   budget periods and key expiry use it, so a clock step can neither reset a budget nor revive a key.
 */
export interface Clock {
  wall(): number;
  monotonic(): number;
  ledger(): number;
}

/** The ledger clock moves towards a wall clock that is ahead by at most this much of the elapsed time. */
const SLEW = 0.1;

export interface ClockSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** Ledger time of now, whatever the wall clock says. */
  readonly start: number;
}

/** Builds a clock whose ledger time goes on from `start`. */
export function createClock({ wall, monotonic, start }: ClockSources): Clock {
  let ledgerTime = start;
  let last = monotonic();
  return Object.freeze({
    wall,
    monotonic,
    ledger() {
      const now = monotonic();
      const elapsed = Math.max(0, now - last);
      last = now;
      const behind = wall() - (ledgerTime + elapsed);
      ledgerTime += elapsed + Math.max(0, Math.min(behind, elapsed * SLEW));
      return Math.floor(ledgerTime);
    },
  });
}
