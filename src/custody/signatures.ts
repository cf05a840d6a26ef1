import { next, refuse, type Step } from '../intent/decision.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import {
  createSignatureCheck,
  isAcceptable,
  type JwtAlgorithm,
  type SignatureCheck,
} from '../vendors/shared/jwt.ts';
import type { Presented } from '../vendors/custody-adapter.ts';
import type { KeyEntry, RequestOrigin } from './key-entry.ts';
import { createSigners } from './signers.ts';
import { createTokenCache, type TokenClaims, type VerifiedToken } from './token-cache.ts';
import { createTrials } from './trials.ts';

export type PresentedToken = Extract<Presented, { kind: 'jwt' }>;

/** Opens the sealed verifier of a signing key. */
export type OpenVerifier = (record: Pick<VirtualKeyRecord, 'id'> & { readonly sealed: string }) => Secret;

/** Signing keys, and which of them signed a token. */
export interface Signatures {
  add(entry: KeyEntry): void;
  remove(entry: KeyEntry): void;
  /** Refused when no key of the vendor and public id has signed the token, or the token is no longer good. */
  verify(presented: PresentedToken, origin: RequestOrigin): Step<VerifiedToken<KeyEntry>>;
}

export interface SignaturesOptions {
  readonly openVerifier: OpenVerifier;
  /** False for an entry that was replaced or removed: what it vouched for is void. */
  readonly isCurrent: (entry: KeyEntry) => boolean;
  /** Reads a verifier once for all checks with it. */
  readonly checkOf?: typeof createSignatureCheck;
}

const CACHED_TOKENS = 4096;
const KIND_OF = { HS256: 'hs256', RS256: 'rs256' } as const;
export const UNKNOWN_KEY = refuse('key_invalid', 'authenticate', 'The virtual key is not known.');
const FLOODED = refuse(
  'rate_limited',
  'authenticate',
  'Too many tokens from this address were signed by no virtual key; for a while only keys in use are tried.',
);

export function createSignatures(options: SignaturesOptions): Signatures {
  const { openVerifier, isCurrent, checkOf = createSignatureCheck } = options;
  const signers = createSigners();
  const tokens = createTokenCache<KeyEntry>(CACHED_TOKENS);
  const checks = new WeakMap<KeyEntry, SignatureCheck>(); // Opening and reading cost more than checking. Goes with its entry.
  const startTrial = createTrials();

  function hasSigned(key: KeyEntry, { jwt, algorithm }: PresentedToken): boolean {
    if (key.kind !== KIND_OF[algorithm] || key.sealed === null) return false;
    const check = checks.get(key) ?? checkWith(algorithm, { id: key.id, sealed: key.sealed });
    checks.set(key, check);
    return check(jwt);
  }

  /** A key whose verifier does not open has signed nothing: it must not keep the others from being tried. */
  function checkWith(algorithm: JwtAlgorithm, record: Parameters<OpenVerifier>[0]): SignatureCheck {
    try {
      return checkOf(algorithm, openVerifier(record).reveal());
    } catch (error) {
      if (error instanceof RingfenceError) return () => false;
      throw error;
    }
  }

  function findSigner(presented: PresentedToken, origin: RequestOrigin): Step<VerifiedToken<KeyEntry>> {
    const source = `${origin.address} ${origin.vendor} ${presented.publicId}`;
    const all = signers.find(origin.vendor, presented.publicId);
    if (all.length === 0) return UNKNOWN_KEY;
    const trial = startTrial(source, all, origin.ledger);
    const key = trial.keys.find((one) => hasSigned(one, presented));
    if (key === undefined) {
      trial.lost();
      return trial.isCut ? FLOODED : UNKNOWN_KEY;
    }
    trial.signed(key);
    const verified = { key, claims: presented.jwt.claims };
    tokens.put(presented.jwt.token, verified, origin);
    return next(verified);
  }

  return {
    add: (entry) => signers.add(entry),
    remove: (entry) => signers.remove(entry),
    verify(presented, origin) {
      const { jwt, algorithm, life } = presented;
      const known = tokens.get(jwt.token, origin);
      if (known !== null && isCurrent(known.key)) return next(known);
      if (!hasEnd(jwt.claims, life, origin.wall) || !isAcceptable(jwt, algorithm, origin.wall))
        return UNKNOWN_KEY;
      return findSigner(presented, origin);
    },
  };
}

/**
 * A token without end would be a key that nobody can find again: it states `exp`, or it is younger than the `life` that
 * the vendor gives such ones.
 */
function hasEnd({ exp, iat }: TokenClaims, life: number | undefined, wall: number): boolean {
  if (exp !== undefined) return true;
  return life !== undefined && typeof iat === 'number' && wall / 1000 < iat + life;
}
