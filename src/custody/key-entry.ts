import { refuse, type Refused } from '../intent/decision.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { compileNetworks, type NetworkTest } from '../kernel/networks.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import type { TokenTimes } from './token-cache.ts';

/** One key, packed: strings that many keys share are one string, and only signing keys keep their sealed verifier. */
export interface KeyEntry {
  readonly id: string;
  readonly name: string;
  /** Id of the key that it replaced. */
  readonly replaces: string | null;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  readonly kind: VirtualKeyRecord['kind'];
  readonly publicId: string | null;
  readonly index: string;
  /** As it was last presented; null before the first use, and of signing keys. */
  secret: string | null;
  readonly sealed: string | null;
  /** Ledger ms; Infinity: never. */
  readonly expiresAt: number;
  readonly revoked: boolean;
  readonly networks: NetworkTest | null;
  /** Wall ms of the last use that was reported to the store; 0 before the first. */
  toldAt: number;
}

export interface RequestOrigin extends TokenTimes {
  /** Vendor whose host the request names. */
  readonly vendor: string;
  /** Address of the caller. */
  readonly address: string;
}

/** Turns records into entries that share their strings and networks. */
export function createPacker(): (record: VirtualKeyRecord) => KeyEntry {
  const strings = new Map<string, string>();
  const share = (text: string): string => strings.get(text) ?? (strings.set(text, text), text);
  const compiled = new Map<string, NetworkTest>();
  const compile = (networks: readonly string[]): NetworkTest | null => {
    if (networks.length === 0) return null;
    const name = networks.join(' ');
    const known = compiled.get(name) ?? readNetworks(networks);
    compiled.set(name, known);
    return known;
  };
  return (record) => ({
    id: record.id,
    name: record.name,
    replaces: record.replaces,
    app: share(record.app),
    account: share(record.account),
    vendor: share(record.vendor),
    kind: record.kind,
    publicId: record.publicId === null ? null : share(record.publicId),
    index: record.index,
    secret: null,
    sealed: record.kind === 'secret' ? null : record.sealed,
    expiresAt: record.expiresAt ?? Infinity,
    revoked: record.state === 'revoked',
    networks: compile(record.networks),
    toldAt: 0,
  });
}

/** A stored list that cannot be read permits no address: it must not keep all other keys from being loaded. */
function readNetworks(networks: readonly string[]): NetworkTest {
  try {
    return compileNetworks(networks);
  } catch (error) {
    if (error instanceof RingfenceError) return () => false;
    throw error;
  }
}

/** May a key that has proven itself be used here and now? Null: yes. */
export function checkUse(entry: KeyEntry, publicId: string | null, origin: RequestOrigin): Refused | null {
  const rule = `key:${entry.id}`;
  if (entry.revoked) return refuse('key_revoked', rule, 'The virtual key was revoked.');
  if (origin.ledger >= entry.expiresAt) return refuse('key_expired', rule, 'The virtual key has expired.');
  if (entry.vendor !== origin.vendor)
    return refuse(
      'key_wrong_vendor',
      rule,
      `The virtual key is for ${entry.vendor}, not for ${origin.vendor}.`,
    );
  if (entry.publicId !== null && publicId !== null && publicId !== entry.publicId)
    return refuse(
      'key_wrong_vendor',
      rule,
      'The virtual key belongs to another account id than the request names.',
    );
  if (entry.networks !== null && !entry.networks(origin.address))
    return refuse('key_network', rule, `The virtual key may not be used from ${origin.address}.`);
  return null;
}

/** True while a key of the store can still be used. */
export function isLive({ state, expiresAt }: VirtualKeyRecord, ledgerNow: number): boolean {
  return state === 'active' && (expiresAt === null || expiresAt > ledgerNow);
}
