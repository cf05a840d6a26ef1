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

/** The ledger clock moves towards a wall clock that is ahead by at most this much of the elapsed time. */
const SLEW = 0.1;

/** Milliseconds between two looks at the uptime; each reads a file. */
const LOOK_MILLISECONDS = 1000;
/** Less is the resolution of the uptime, or what passes between two readings. Short sleeps add up. */
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
  /** What the machine slept, and the wall clock has not shown yet: neither of the two is believed alone. */
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

/** Answers for how long the machine slept since it last said so. What passes between two readings makes it less, never more. */
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
