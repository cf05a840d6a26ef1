import type { Clock } from './clock.ts';
import { counted } from './wording.ts';

export interface ClockDifference {
  readonly message: string;
  readonly remedy: string;
}

/** Smaller differences are not reported: the ledger clock catches up by itself, or the machine's clock is a little wrong. */
const MOST_MILLISECONDS = 60_000;
const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const;

/** Explains a difference between the ledger clock and the machine's, and what to do about it. Null when there is none to speak of. */
export function clockDifference({ wall, ledger }: Record<'wall' | 'ledger', number>): ClockDifference | null {
  const ahead = ledger - wall;
  if (Math.abs(ahead) < MOST_MILLISECONDS) return null;
  const so = roughly(Math.abs(ahead));
  return ahead > 0
    ? {
        message: `the ledger clock is ${so} ahead of the machine's, which was ahead at a start: keys expire and budget periods begin that much too early`,
        remedy: 'If the machine is right now: stop, `ringfence init --trust-clock`, start.',
      }
    : {
        message: `the ledger clock is ${so} behind the machine's, which was set forward: keys expire and budget periods begin that much too late`,
        remedy: 'If the machine is right now: restart the gateway.',
      };
}

/** Reads both clocks at the same moment, for `clockDifference`. */
export function wallAndLedger(clock: Pick<Clock, 'wall' | 'ledger'>): Record<'wall' | 'ledger', number> {
  return { wall: clock.wall(), ledger: clock.ledger() };
}

/** A duration in the largest unit of which it has at least two: `3 days`, `47 hours`. */
export function roughly(milliseconds: number): string {
  const [size, unit] = UNITS.find(([length]) => milliseconds >= 2 * length) ?? [60_000, 'minute'];
  const count = Math.floor(milliseconds / size);
  return counted(count, unit);
}
