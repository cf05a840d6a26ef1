import { createPrivateKey, createPublicKey } from 'node:crypto';
import { VIRTUAL_SECRET_LENGTH } from '../../kernel/virtual-secret.ts';
import type { Collection, KeyStore } from '../../store/ports.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import { tryOpenAccount } from '../open.ts';
import { hasEnded, type RotationRecord } from '../rotation/record.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { LeakMatch, LeakRecord } from './record.ts';

export interface MatcherOptions {
  readonly accounts: Collection<AccountRecord>;
  readonly keys: KeyStore;
  /** Of purpose `account`. */
  readonly sealer: Sealer;
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
  /** The latest rotation of each account. */
  readonly rotations: () => Promise<readonly RotationRecord[]>;
  readonly canaries: () => Promise<readonly { readonly id: string; readonly index: string }[]>;
}

/**
 * What is ours, by keyed hash; with `present` without what a rotation that has ended has replaced. Made anew for each
 * question: accounts and keys change.
 */
export async function readIndex(
  options: MatcherOptions,
  which: 'all' | 'present' = 'all',
): Promise<ReadonlyMap<string, LeakMatch>> {
  const { accounts, keys, sealer, index } = options;
  const known = new Map<string, LeakMatch>();
  for (const rotation of await options.rotations())
    if (which === 'all' || !hasEnded(rotation))
      known.set(rotation.replaced, { kind: 'account', account: rotation.account, secret: rotation.secret });
  for (const { id, index: hash } of await keys.list()) known.set(hash, { kind: 'key', key: id });
  for (const { id, index: hash } of await options.canaries()) known.set(hash, { kind: 'canary', canary: id });
  for (const record of await accounts.list()) {
    const opening = tryOpenAccount(sealer, record);
    for (const [secret, value] of Object.entries(opening.ok ? opening.account.secrets : {}))
      known.set(index(plain(value.reveal())), { kind: 'account', account: record.id, secret });
  }
  return known;
}

/** What of ours a leaked value is; null: nothing. */
export function matchOf(
  known: ReadonlyMap<string, LeakMatch>,
  { hash, aliases }: Pick<LeakRecord, 'hash' | 'aliases'>,
): LeakMatch | null {
  for (const one of [hash, ...aliases]) {
    const found = known.get(one);
    if (found !== undefined) return found;
  }
  return null;
}

/** The hashes under which a value may be known. */
export function hashesOf(value: string, index: KeyedHash): Pick<LeakRecord, 'hash' | 'aliases'> {
  const text = plain(value);
  // An adapter may issue a virtual secret with a prefix of the vendor.
  const tail = text.length > VIRTUAL_SECRET_LENGTH ? [index(text.slice(-VIRTUAL_SECRET_LENGTH))] : [];
  const publicKey = text.startsWith('-----BEGIN') ? publicKeyOf(value) : null;
  return { hash: index(text), aliases: publicKey === null ? tail : [index(publicKey)] };
}

/** PEM is the same key with other line ends. */
function plain(value: string): string {
  const text = value.trim();
  return text.startsWith('-----BEGIN') ? text.replaceAll(/\\n|\r?\n/g, '\n') : text;
}

/** A signing key of ours is indexed by its public half. */
function publicKeyOf(pem: string): string | null {
  try {
    const key = createPublicKey(createPrivateKey(plain(pem)));
    return key.export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    return null;
  }
}
