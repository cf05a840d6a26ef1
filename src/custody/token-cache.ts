import { hash } from 'node:crypto';

/** Claims of a token that a signature vouches for. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export interface VerifiedToken<Key> {
  readonly key: Key;
  readonly claims: TokenClaims;
}

export interface TokenTimes {
  /** Wall ms, against which the token's `exp` counts. */
  readonly wall: number;
  /** Ledger ms, which never goes back: a clock step cannot keep a token alive. */
  readonly ledger: number;
}

export interface TokenCache<Key> {
  get(token: string, now: TokenTimes): VerifiedToken<Key> | null;
  put(token: string, verified: VerifiedToken<Key>, now: TokenTimes): void;
}

interface Entry<Key> extends VerifiedToken<Key> {
  readonly expires: number;
  readonly deadline: number;
}

/** Remembers at most `capacity` verified tokens by their hash, each until its `exp`; a token without `exp` is not kept. */
export function createTokenCache<Key>(capacity: number): TokenCache<Key> {
  const entries = new Map<string, Entry<Key>>();
  return {
    get(token, now) {
      const name = nameOf(token);
      const entry = entries.get(name);
      if (entry === undefined) return null;
      if (now.wall < entry.expires && now.ledger < entry.deadline) return entry;
      entries.delete(name);
      return null;
    },
    put(token, { key, claims }, now) {
      const { exp } = claims;
      if (typeof exp !== 'number' || exp * 1000 <= now.wall) return;
      const [oldest] = entries.keys();
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
      const expires = exp * 1000;
      entries.set(nameOf(token), { key, claims, expires, deadline: now.ledger + expires - now.wall });
    },
  };
}

function nameOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
