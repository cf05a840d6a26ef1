import type { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { verifyJwt } from '../vendors/shared/jwt.ts';
import type { Presented } from '../vendors/vendor.ts';
import type { KeyEntry, RequestOrigin } from './key-entry.ts';
import { createSigners } from './signers.ts';
import { createTokenCache, type TokenClaims, type VerifiedToken } from './token-cache.ts';

export type PresentedToken = Extract<Presented, { kind: 'jwt' }>;

/** Opens the sealed verifier of a signing key. */
export type OpenVerifier = (record: Pick<VirtualKeyRecord, 'id'> & { readonly sealed: string }) => Secret;

/** Signing keys, and which of them signed a token. */
export interface Signatures {
  add(entry: KeyEntry): void;
  remove(entry: KeyEntry): void;
  /** Null when no key of the vendor and public id has signed the token, or the token is no longer good. */
  verify(presented: PresentedToken, origin: RequestOrigin): VerifiedToken<KeyEntry> | null;
}

export interface SignaturesOptions {
  readonly openVerifier: OpenVerifier;
  /** False for an entry that was replaced or removed: what it vouched for is void. */
  readonly isCurrent: (entry: KeyEntry) => boolean;
}

const MAX_TOKEN = 16 * 1024;
const CACHED_TOKENS = 4096;
const KIND_OF = { HS256: 'hs256', RS256: 'rs256' } as const;

export function createSignatures({ openVerifier, isCurrent }: SignaturesOptions): Signatures {
  const signers = createSigners();
  const tokens = createTokenCache<KeyEntry>(CACHED_TOKENS);
  const opened = new WeakMap<KeyEntry, Secret>(); // Opening costs more than checking. Goes with its entry.

  /** A token without end would be a key that nobody can find again, so it must state `exp`. */
  function claimsBy(key: KeyEntry, presented: PresentedToken, now: number): TokenClaims | null {
    const { token, algorithm } = presented;
    if (key.kind !== KIND_OF[algorithm] || key.sealed === null) return null;
    const verifier = opened.get(key) ?? openVerifier({ id: key.id, sealed: key.sealed });
    opened.set(key, verifier);
    const claims = verifyJwt(token, { algorithm, key: verifier.reveal(), now });
    return claims?.['exp'] === undefined ? null : claims;
  }

  return {
    add: (entry) => signers.add(entry),
    remove: (entry) => signers.remove(entry),
    verify(presented, origin) {
      const { token, publicId } = presented;
      if (token.length > MAX_TOKEN) return null;
      const known = tokens.get(token, origin);
      if (known !== null && isCurrent(known.key)) return known;
      for (const key of signers.find(origin.vendor, publicId)) {
        const claims = claimsBy(key, presented, origin.wall);
        if (claims === null) continue;
        tokens.put(token, { key, claims }, origin);
        return { key, claims };
      }
      return null;
    },
  };
}
