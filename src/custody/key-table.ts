import { next, refuse, type Step } from '../intent/decision.ts';
import type { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { verifyJwt } from '../vendors/shared/jwt.ts';
import type { Presented } from '../vendors/vendor.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { checkUse, createPacker, type KeyEntry, type RequestOrigin } from './key-entry.ts';
import { createSigners } from './signers.ts';
import { createTokenCache, type TokenClaims } from './token-cache.ts';
import { endsInVirtualSecret } from '../kernel/virtual-secret.ts';

const MAX_TOKEN = 16 * 1024;
const CACHED_TOKENS = 4096;
/** Who sends a request, once proven. */
export interface AuthenticatedKey {
  readonly id: string;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  readonly kind: VirtualKeyRecord['kind'];
  readonly publicId: string | null;
  /** Verified claims of the token that the app signed; null for kind `secret`. */
  readonly claims: TokenClaims | null;
}

/**
 * All virtual keys in memory, as a data-plane process needs them. It asks nobody, and the only secrets that it opens
 * are the verifiers of signing keys in use.
 */
export interface KeyTable {
  /** Adds records to the table, replacing those with the same id. */
  load(records: Iterable<VirtualKeyRecord>): void;
  upsert(record: VirtualKeyRecord): void;
  remove(id: string): void;
  readonly size: number;
  authenticate(presented: Presented | null, origin: RequestOrigin): Step<AuthenticatedKey>;
  /** Keys used since the last call, with the wall ms of the latest use. */
  takeUses(): ReadonlyMap<string, number>;
}

export interface KeyTableOptions {
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
  /** Opens the sealed verifier of a signing key. */
  readonly openVerifier: (record: Pick<VirtualKeyRecord, 'id'> & { readonly sealed: string }) => Secret;
  /** Told of a well-formed secret that is no key's, by its keyed hash. The answer does not depend on it. */
  readonly onUnknown?: (hash: string, origin: RequestOrigin) => void;
}

export function createKeyTable({ index, openVerifier, onUnknown }: KeyTableOptions): KeyTable {
  const byId = new Map<string, KeyEntry>();
  const byIndex = new Map<string, KeyEntry>();
  const signers = createSigners();
  const pack = createPacker();
  const tokens = createTokenCache<KeyEntry>(CACHED_TOKENS);
  const opened = new WeakMap<KeyEntry, Secret>(); // Opening costs more than checking. Goes with its entry.
  let uses = new Map<string, number>();

  function remove(id: string): void {
    const entry = byId.get(id);
    if (entry === undefined) return;
    byId.delete(id);
    if (byIndex.get(entry.index) === entry) byIndex.delete(entry.index);
    signers.remove(entry);
  }

  function upsert(record: VirtualKeyRecord): void {
    remove(record.id);
    const entry = pack(record);
    byId.set(entry.id, entry);
    if (entry.kind === 'secret') byIndex.set(entry.index, entry);
    else signers.add(entry);
  }

  /** A stored hash is compared with a hash that nobody outside can compute: its timing tells nothing about the secret. */
  function findSecret(secret: string, origin: RequestOrigin): KeyEntry | null {
    if (!endsInVirtualSecret(secret)) return null;
    const hash = index(secret);
    const found = byIndex.get(hash) ?? null;
    if (found === null) onUnknown?.(hash, origin);
    return found;
  }

  function findSigner(presented: PresentedToken, origin: RequestOrigin): Signer | null {
    const { token, publicId } = presented;
    if (token.length > MAX_TOKEN) return null;
    const known = tokens.get(token, origin);
    if (known !== null && byId.get(known.key.id) === known.key) return known; // A changed key is another entry.
    for (const key of signers.find(origin.vendor, publicId)) {
      const claims = claimsBy(key, presented, origin);
      if (claims === null) continue;
      tokens.put(token, { key, claims }, origin);
      return { key, claims };
    }
    return null;
  }

  /** A token without end would be a key that nobody can find again, so it must state `exp`. */
  function claimsBy(
    key: KeyEntry,
    { token, algorithm }: PresentedToken,
    { wall }: RequestOrigin,
  ): TokenClaims | null {
    if (key.kind !== KIND_OF[algorithm] || key.sealed === null) return null;
    const verifier = opened.get(key) ?? openVerifier({ id: key.id, sealed: key.sealed });
    opened.set(key, verifier);
    const claims = verifyJwt(token, { algorithm, key: verifier.reveal(), now: wall });
    return claims?.['exp'] === undefined ? null : claims;
  }

  return {
    load(records) {
      for (const record of records) upsert(record);
    },
    upsert,
    remove,
    get size() {
      return byId.size;
    },
    authenticate(presented, origin) {
      if (presented === null)
        return refuse('key_missing', 'authenticate', 'The request carries no virtual key.');
      const jwt = presented.kind === 'jwt' ? findSigner(presented, origin) : null;
      const entry = presented.kind === 'jwt' ? (jwt?.key ?? null) : findSecret(presented.secret, origin);
      if (entry === null) return refuse('key_invalid', 'authenticate', 'The virtual key is not known.');
      const refusal = checkUse(entry, presented.publicId, origin);
      if (refusal !== null) return refusal;
      uses.set(entry.id, origin.wall);
      const { id, app, account, vendor, kind, publicId } = entry;
      return next({ id, app, account, vendor, kind, publicId, claims: jwt?.claims ?? null });
    },
    takeUses() {
      const taken = uses;
      uses = new Map();
      return taken;
    },
  };
}

type PresentedToken = Extract<Presented, { kind: 'jwt' }>;

interface Signer {
  readonly key: KeyEntry;
  readonly claims: TokenClaims;
}

const KIND_OF = { HS256: 'hs256', RS256: 'rs256' } as const;
