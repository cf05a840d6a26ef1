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
 */
export async function ledgerStart({ settings }: Pick<Store, 'settings'>, wall: number): Promise<number> {
  const last = await settings.get(LEDGER_TIME_SETTING);
  if (last === null) return wall;
  const gone = wall - Number(last);
  if (gone > LONGEST_PAUSE_MILLISECONDS)
    throw new RingfenceError(
      'clock_unlikely',
      `By the clock of this machine it is ${dateOf(wall)}, and Ringfence last ran on ${dateOf(Number(last))}: ${roughly(gone)} in which keys expired and budgets began anew.`,
    );
  return Math.max(wall, Number(last));
}

/** Times that no date can have, as of a damaged setting, are told as they are. */
function dateOf(time: number): string {
  return Math.abs(time) < 8.64e15 ? new Date(time).toISOString().slice(0, 10) : String(time);
}

/**
 * Writes down that the ledger clock goes on at the machine's, as it does since this start. Where that is back, each
 * key keeps the rest of its life: none that had ended is good again, and none lives longer.
 */
export async function keepTrustedClock({ store, clock, record }: Primary, actor: string): Promise<void> {
  const { settings, keys } = store;
  const last = Number((await settings.get(LEDGER_TIME_SETTING)) ?? clock.ledger());
  const back = Math.max(0, last - clock.ledger());
  await record({ actor, act: 'clock.trust', target: 'ledger', detail: { from: last, to: clock.ledger() } });
  // First the keys: what is done twice after a crash makes a life shorter.
  for (const key of back > 0 ? await keys.list() : [])
    if (key.expiresAt !== null) await keys.put({ ...key, expiresAt: key.expiresAt - back });
  await settings.put(LEDGER_TIME_SETTING, String(clock.ledger()));
}
