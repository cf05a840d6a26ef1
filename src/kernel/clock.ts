/**
 * Time as the core sees it, in milliseconds.
 * - `wall` is the system's clock: record timestamps and the vendors' token claims.
 * - `monotonic` never jumps: durations and deadlines. It stands still while the machine sleeps.
 * - `ledger` never goes back, goes on while the machine sleeps, and follows other forward steps of the wall clock only
 *   slowly: budget periods and key expiry use it, so a clock step can neither reset a budget nor revive a key.
 */
export interface Clock {
  wall(): number;
  monotonic(): number;
  ledger(): number;
}

/** While the wall clock is ahead, the ledger clock runs this much faster (a tenth) until it has caught up. */
const SLEW = 0.1;

/** The uptime is read no more often than this, because each reading opens a file. */
const LOOK_MILLISECONDS = 1000;
/** A smaller difference between uptime and monotonic clock is imprecision, not sleep. Shorter sleeps count once they add up to it. */
const LEAST_SLEEP_MILLISECONDS = 1000;

export interface ClockSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** Milliseconds since the machine was started, with those in which it slept. */
  readonly uptime: () => number;
  /** Ledger time of now, whatever the wall clock says. */
  readonly start: number;
}

/** Builds a clock whose ledger time goes on from `start`. */
export function createClock({ wall, monotonic, uptime, start }: ClockSources): Clock {
  const sleptAt = createSleepWatch({ monotonic, uptime });
  let ledgerTime = start;
  let last = monotonic();
  /** Sleep that the uptime reports but the wall clock has not shown yet: the ledger clock follows only what both agree on. */
  let owed = 0;
  return Object.freeze({
    wall,
    monotonic,
    ledger() {
      const now = monotonic();
      const elapsed = Math.max(0, now - last);
      last = now;
      owed += sleptAt(now);
      const behind = wall() - (ledgerTime + elapsed);
      const caughtUp = Math.max(0, Math.min(behind, elapsed * SLEW + owed));
      owed = Math.max(0, owed - caughtUp);
      ledgerTime += elapsed + caughtUp;
      return Math.floor(ledgerTime);
    },
  });
}

/** Returns how long the machine has slept since the last answer. Delays between reading the two clocks can only lower it. */
function createSleepWatch({ monotonic, uptime }: Pick<ClockSources, 'monotonic' | 'uptime'>) {
  let ahead = -monotonic() + uptime();
  let looked = monotonic();
  return (now: number): number => {
    if (now - looked < LOOK_MILLISECONDS) return 0;
    looked = now;
    const slept = uptime() - monotonic() - ahead;
    if (slept < LEAST_SLEEP_MILLISECONDS) return 0;
    ahead += slept;
    return slept;
  };
}
