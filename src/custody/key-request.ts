import { RingfenceError } from '../kernel/errors.ts';
import { compileNetworks } from '../kernel/networks.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import type { IssuedCredential } from '../vendors/custody-adapter.ts';

const MAX_LIFETIME_MILLISECONDS = 10 * 366 * 86_400_000;
const MAX_NETWORKS = 100;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;

export interface NewKey {
  readonly app: string;
  readonly account: string;
  readonly name: string;
  /** Absent: the first kind that the vendor's adapter offers. */
  readonly kind?: IssuedCredential['kind'];
  /** Milliseconds from now; null: the key does not expire. */
  readonly lifetime: number | null;
  /** CIDR blocks from which the key may be used; empty: any network. */
  readonly networks: readonly string[];
}

/** How a virtual key is replaced by a new one. */
export interface KeyRotation {
  /** Milliseconds for which the old key still works. */
  readonly overlap: number;
  /** Life of the new key; absent: as long as the old one was given. */
  readonly lifetime?: number | null;
}

/** Throws `input_invalid` that names what is wrong. */
export function checkRequest({ name, lifetime, networks }: NewKey): void {
  checkName(name);
  if (lifetime !== null) checkDuration('lifetime', lifetime, 1);
  checkNetworks(networks);
}

/** Throws `input_invalid` for networks that no key may have. */
export function checkNetworks(networks: readonly string[]): void {
  if (networks.length > MAX_NETWORKS) throw invalidKey(`it may have at most ${MAX_NETWORKS} networks`);
  compileNetworks(networks);
}

/** Throws `input_invalid` for a name that could not be typed on a command line or shown in a table. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  const rule = 'A name has 1 to 100 letters, digits, spaces, dots, dashes or underscores';
  throw new RingfenceError('input_invalid', `${rule}, and starts with a letter or digit.`);
}

/** Throws `input_invalid` unless the duration is whole, at least `least` and at most ten years, in milliseconds. */
export function checkDuration(what: string, milliseconds: number, least: number): void {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < least || milliseconds > MAX_LIFETIME_MILLISECONDS)
    throw invalidKey(`the ${what} must be a whole number of milliseconds from ${least} to ten years`);
}

/**
 * The request for a key that takes the place of `old`. Throws `conflict` where no life is stated and that of `old` cannot
 * tell, as an earlier rotation has cut it short.
 */
export function successor(
  old: VirtualKeyRecord,
  { lifetime }: KeyRotation,
  all: readonly VirtualKeyRecord[],
): NewKey {
  const earlier = all.find(({ replaces }) => replaces === old.id);
  if (lifetime === undefined && earlier !== undefined && old.expiresAt !== null)
    throw new RingfenceError(
      'conflict',
      `${old.name} was already replaced by ${earlier.name}, so its expiry may be that of the overlap: rotate that one, or state the lifetime of the new key.`,
    );
  const given = old.expiresAt === null ? null : Math.max(1, old.expiresAt - old.createdAt);
  return {
    app: old.app,
    account: old.account,
    kind: old.kind,
    name: nextName(old.name, new Set(all.map(({ name }) => name))),
    lifetime: lifetime === undefined ? given : lifetime,
    networks: old.networks,
  };
}

/** `shop`, `shop.2`, `shop.3` … */
function nextName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/\.\d+$/, '').slice(0, 90);
  for (let number = 2; ; number++) if (!taken.has(`${stem}.${number}`)) return `${stem}.${number}`;
}

/** The fault of a request for a key. `why` is shown: it holds no secret. */
export function invalidKey(why: string): RingfenceError {
  return new RingfenceError('input_invalid', `The virtual key is not valid: ${why}.`);
}
