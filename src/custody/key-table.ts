import { next, refuse, type Refused, type Step } from '../intent/decision.ts';
import { copyText } from '../kernel/copy-text.ts';
import { endsInVirtualSecret } from '../kernel/virtual-secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import type { Presented } from '../vendors/custody-adapter.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { checkUse, createPacker, type KeyEntry, type RequestOrigin } from './key-entry.ts';
import { createKeyUses, type KeyUses } from './key-uses.ts';
import { createSignatures, UNKNOWN_KEY, type SignaturesOptions } from './signatures.ts';
import type { TokenClaims } from './token-cache.ts';

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
  get(id: string): Pick<KeyEntry, 'name' | 'replaces'> | undefined;
  authenticate(presented: Presented | null, origin: RequestOrigin): Step<AuthenticatedKey>;
  /** May a key that has proven itself still be used? Null: yes. */
  check(id: string, origin: RequestOrigin): Refused | null;
  takeUses: KeyUses['take'];
}

export interface KeyTableOptions extends Omit<SignaturesOptions, 'isCurrent'> {
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
}

interface ProvenKey {
  readonly key: KeyEntry;
  readonly claims: TokenClaims | null;
}

export function createKeyTable({ index, ...verifying }: KeyTableOptions): KeyTable {
  const byId = new Map<string, KeyEntry>();
  const byIndex = new Map<string, KeyEntry>();
  /** By secret, for those in use. Only real ones get in, so guesses cannot fill it. */
  const bySecret = new Map<string, KeyEntry>();
  const signatures = createSignatures({ ...verifying, isCurrent: (key) => byId.get(key.id) === key });
  const pack = createPacker();
  const uses = createKeyUses(() => byId.size);

  function remove(id: string): void {
    const entry = byId.get(id);
    if (entry === undefined) return;
    byId.delete(id);
    if (byIndex.get(entry.index) === entry) byIndex.delete(entry.index);
    if (entry.secret !== null) bySecret.delete(entry.secret);
    signatures.remove(entry);
  }

  function upsert(record: VirtualKeyRecord): void {
    remove(record.id);
    const entry = pack(record);
    const namesake = byIndex.get(entry.index);
    if (namesake?.secret) bySecret.delete(namesake.secret);
    byId.set(entry.id, entry);
    if (entry.kind === 'secret') byIndex.set(entry.index, entry);
    else signatures.add(entry);
  }

  /** Looked up by keyed hashes (V8's own is seeded as well), so that timing reveals nothing about the secret. */
  function findSecret(secret: string): Step<ProvenKey> {
    const known = bySecret.get(secret);
    if (known !== undefined) return next({ key: known, claims: null });
    if (!endsInVirtualSecret(secret)) return UNKNOWN_KEY;
    const key = byIndex.get(index(secret));
    if (key === undefined) return UNKNOWN_KEY;
    bySecret.set((key.secret = copyText(secret)), key);
    return next({ key, claims: null });
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
    get: (id) => byId.get(id),
    authenticate(presented, origin) {
      if (presented === null)
        return refuse('key_missing', 'authenticate', 'The request carries no virtual key.');
      const isToken = presented.kind === 'jwt';
      const proven = isToken ? signatures.verify(presented, origin) : findSecret(presented.secret);
      if (!proven.ok) return proven;
      const { key, claims } = proven.value;
      const refusal = checkUse(key, presented.publicId, origin);
      if (refusal !== null) return refusal;
      uses.note(key, origin.wall);
      return next(authenticated(key, claims));
    },
    check: (id, origin) => checkAgain(byId.get(id), origin),
    takeUses: uses.take,
  };
}

function authenticated(key: KeyEntry, claims: TokenClaims | null): AuthenticatedKey {
  const { id, app, account, vendor, kind, publicId } = key;
  return { id, app, account, vendor, kind, publicId, claims };
}

function checkAgain(entry: KeyEntry | undefined, origin: RequestOrigin): Refused | null {
  return entry === undefined ? UNKNOWN_KEY : checkUse(entry, null, origin);
}
