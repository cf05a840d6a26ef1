import { RingfenceError } from '../kernel/errors.ts';

/** Flags of every command. */
export interface OutputFlags {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Flags of every command that asks a gateway. */
export interface CommonFlags extends OutputFlags {
  readonly url?: string;
  readonly data?: string;
}

/** Flags of the commands that ask a person before they change something. */
export interface ConfirmedFlags extends CommonFlags {
  /** Do it without asking. */
  readonly yes: boolean;
}

/** A value that may be left out. */
export const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const;

/** A value that must be given. */
export const needed = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, brief, placeholder }) as const;

/** A value that may be given several times. */
export const many = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, variadic: true, brief, placeholder }) as const;

/** One of a few words. */
export const choice = <T extends string>(values: readonly T[], brief: string) =>
  ({ kind: 'enum', values, optional: true, brief }) as const;

/** A whole number that is not negative. */
export const whole = (brief: string, placeholder = 'number') =>
  ({ kind: 'parsed', parse: readWhole, optional: true, brief, placeholder }) as const;

/** A duration such as `90s` or `24h`, in seconds, which the API takes from `least` to `most`. */
export const duration = (brief: string, least: string, most: string) =>
  ({
    kind: 'parsed',
    parse: durationWithin(least, most),
    optional: true,
    brief,
    placeholder: 'duration',
  }) as const;

/** A day or a time of ISO 8601, as the API takes it. A day begins at midnight UTC. */
export const moment = (brief: string) =>
  ({ kind: 'parsed', parse: readMoment, optional: true, brief, placeholder: 'time' }) as const;

/** A switch, off unless given. */
export const yes = (brief: string) =>
  ({ kind: 'boolean', brief, default: false, withNegated: false }) as const;

/** Flags of every command. */
export const output = { json: yes('Print JSON'), verbose: yes('Print the causes of errors') } as const;
const url = text('Admin API (RINGFENCE_URL)', 'url');
const data = text('Data directory that holds the admin token (RINGFENCE_DATA)', 'path');
const config = text('Configuration file (RINGFENCE_CONFIG)', 'path');

/** Flags of the commands that ask a gateway. */
export const common = { ...output, url, data } as const;

/** Flags of the commands that work on this machine's data directory. */
export const local = { ...output, data, config } as const;

/** Flags of the commands that do both. */
export const localAndGateway = { ...common, config } as const;

/** One positional argument. */
export const argument = (placeholder: string, brief: string) =>
  ({ kind: 'tuple', parameters: [{ parse: String, placeholder, brief }] }) as const;

/** Two positional arguments. */
export const twoArguments = (
  one: readonly [placeholder: string, brief: string],
  other: readonly [placeholder: string, brief: string],
) =>
  ({
    kind: 'tuple',
    parameters: [
      { parse: String, placeholder: one[0], brief: one[1] },
      { parse: String, placeholder: other[0], brief: other[1] },
    ],
  }) as const;

/** Throws `usage` for anything but digits. */
export function readWhole(input: string): number {
  if (!/^\d{1,15}$/.test(input)) throw new RingfenceError('usage', 'a whole number is expected');
  return Number(input);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90s`, `15m`, `12h`, `30d`, `4w`. */
export function readDuration(input: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(input) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? 0);
  if (number === '' || !Number.isSafeInteger(seconds))
    throw new RingfenceError('usage', 'a duration such as 90s, 15m, 12h, 30d or 4w is expected');
  return seconds;
}

/** Reads a duration that is neither shorter than `least` nor longer than `most`. */
export const durationWithin =
  (least: string, most: string) =>
  (input: string): number => {
    const seconds = readDuration(input);
    if (seconds < readDuration(least) || seconds > readDuration(most))
      throw new RingfenceError('usage', `it may be from ${least} to ${most}`);
    return seconds;
  };

function readMoment(input: string): string {
  const time = /^\d{4}-/.test(input) ? Date.parse(input) : NaN;
  if (!Number.isFinite(time))
    throw new RingfenceError(
      'usage',
      'a day or a time of ISO 8601 such as 2026-11-27 or 2026-11-27T10:00Z is expected',
    );
  return new Date(time).toISOString();
}
