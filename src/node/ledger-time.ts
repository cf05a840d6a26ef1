import { roughly } from '../kernel/clock-difference.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Store } from '../store/ports.ts';
import type { Primary } from './primary.ts';

/** Setting that keeps the ledger clock from going back over a restart. */
export const LEDGER_TIME_SETTING = 'clock.ledgerTime';

/** A gateway that was off for longer is rarer than a clock that is wrong. */
const LONGEST_PAUSE_MILLISECONDS = 31 * 86_400_000;

/**
 * The ledger time at which a start goes on: that of the machine, and never before the last one. Throws `clock_unlikely`
 * when that would be a long way to go: by it keys expire and budgets begin anew, and there is no way back but a person's.
 * Throws `clock_lost` where nobody can tell when the last one was.
 */
export async function ledgerStart({ settings }: Pick<Store, 'settings'>, wall: number): Promise<number> {
  const kept = await settings.get(LEDGER_TIME_SETTING);
  if (kept === null) return wall;
  const last = timeIn(kept);
  if (last === null)
    throw new RingfenceError(
      'clock_lost',
      `The store holds ${JSON.stringify(kept.slice(0, 40))} as ${LEDGER_TIME_SETTING}, which is no time.`,
    );
  const gone = wall - last;
  if (gone > LONGEST_PAUSE_MILLISECONDS)
    throw new RingfenceError(
      'clock_unlikely',
      `By the clock of this machine it is ${dateOf(wall)}, and Ringfence last ran on ${dateOf(last)}: ${roughly(gone)} in which keys expired and budgets began anew.`,
    );
  return Math.max(wall, last);
}

/** The milliseconds that were written; null for what is no date. */
function timeIn(text: string): number | null {
  return /^\d{1,16}$/.test(text) && Number(text) <= LAST_DATE ? Number(text) : null;
}

const LAST_DATE = 8.64e15;

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * Writes down that the ledger clock goes on at the machine's, as it does since this start. Where that is back, each
 * key keeps the rest of its life: none that had ended is good again, and none lives longer.
 */
export async function keepTrustedClock({ store, clock, record }: Primary, actor: string): Promise<void> {
  const { settings, keys } = store;
  const kept = await settings.get(LEDGER_TIME_SETTING);
  const last = kept === null ? clock.ledger() : timeIn(kept);
  const back = Math.max(0, (last ?? 0) - clock.ledger());
  await record({ actor, act: 'clock.trust', target: 'ledger', detail: { from: last, to: clock.ledger() } });
  // First the keys: what is done twice after a crash makes a life shorter.
  for (const key of back > 0 ? await keys.list() : [])
    if (key.expiresAt !== null) await keys.put({ ...key, expiresAt: key.expiresAt - back });
  await settings.put(LEDGER_TIME_SETTING, String(clock.ledger()));
}
