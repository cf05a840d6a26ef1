import type { SettingStore } from '../../store/ports.ts';
import { CLOCK_DIFFERENCE_MILLISECONDS } from './records.ts';

/** Our clock beside those of the vendors. By a wrong one, records are looked for in the wrong minute. */
export interface Clocks {
  /**
   * The wall time up to which rows of the account may have been written by a wrong clock, when its vendor's is `ahead` of
   * ours by so many ms now. What was written by one stays so when it is set right.
   */
  wrongUntil(account: string, ahead: number): Promise<number>;
  /** The same, as far as it is known without asking the vendor. */
  knownWrongUntil(account: string): Promise<number>;
}

export interface ClocksOptions {
  readonly settings: Pick<SettingStore, 'get' | 'put'>;
  readonly incident: (what: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Wall ms. */
  readonly now: () => number;
}

/** How far clocks may be apart: beyond that, a record that exists may be missed. */
const APART_MILLISECONDS = CLOCK_DIFFERENCE_MILLISECONDS / 2;
/** What is written until the next comparison. */
const WRITTEN_AHEAD_MILLISECONDS = 60_000;
/** A clock that was years ahead does not leave the rows of years to a person. */
const LONGEST_DOUBT_MILLISECONDS = 7 * 24 * 3_600_000;

export function createClocks({ settings, incident, now }: ClocksOptions): Clocks {
  /** Accounts whose vendor's clock was apart from ours when it was last asked. */
  const apart = new Set<string>();
  const known = new Map<string, number>();

  async function read(account: string): Promise<number> {
    const until = known.get(account) ?? Number((await settings.get(nameOf(account))) ?? 0);
    known.set(account, until);
    return until;
  }

  return {
    knownWrongUntil: read,
    async wrongUntil(account, ahead) {
      const before = await read(account);
      if (Math.abs(ahead) <= APART_MILLISECONDS) {
        apart.delete(account);
        return before;
      }
      if (!apart.has(account)) incident('clock-wrong', { account, vendorAhead: ahead });
      apart.add(account);
      const until = Math.min(now() + WRITTEN_AHEAD_MILLISECONDS, now() + ahead + LONGEST_DOUBT_MILLISECONDS);
      if (until > before + WRITTEN_AHEAD_MILLISECONDS / 2) {
        await settings.put(nameOf(account), String(until));
        known.set(account, until);
      }
      return Infinity;
    },
  };
}

const nameOf = (account: string): string => `account.${account}.clockWrongUntil`;
