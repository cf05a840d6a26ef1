import type { Secret } from '../kernel/secret.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** What the vendor says of a credential that was found. */
export interface LeakVerdict {
  /** `unknown` whenever the answer has more than one explanation: a live credential must never be called dead. */
  readonly state: 'active' | 'revoked' | 'unknown';
  /** Why, in a sentence without any secret. */
  readonly reason: string;
  /** What its holder can do, in short words, as far as the vendor tells. */
  readonly reach?: readonly string[];
}

/** A credential with what stood beside it. */
export interface FoundCredential {
  readonly secret: Secret;
  /** `id`, `host` … as the rule names them. */
  readonly companions: Readonly<Record<string, string>>;
}

/**
 * Asks a vendor whether a credential works, by reads alone: nothing is sent, made or changed at the vendor. Requests go
 * out one after another until `judge` knows.
 */
export interface LeakCheck {
  /** Ids of the rules whose values it judges. */
  readonly rules: readonly string[];
  /** How companions look in the lines around the secret, for rules that see it alone; the first group is the value. */
  readonly near?: Readonly<Record<string, RegExp>>;
  /** Set when the rule matches only the beginning of a private key; the whole key is then the companion `pem`. */
  readonly ofKeyStart?: true;
  /** Requests in the order in which to ask, with the credential in place; a text says what is missing. `now` is wall ms. */
  requests(found: FoundCredential, now: number): readonly WireRequest[] | string;
  /**
   * The verdict from the answers so far, in order; null: send the next request. With `isLast` there is none left.
   * `companions`: those of the credential in question.
   */
  judge(
    answers: readonly WireResponse[],
    isLast: boolean,
    companions: FoundCredential['companions'],
  ): LeakVerdict | null;
}

/** The credential works. `reach`: what whoever has it can do. */
export const active = (reason: string, reach: readonly string[] = []): LeakVerdict => ({
  state: 'active',
  reason,
  ...(reach.length === 0 ? {} : { reach }),
});
/** The vendor says that the credential does not work any more. */
export const revoked = (reason: string): LeakVerdict => ({ state: 'revoked', reason });
/** The answers do not say whether it works. */
export const unknown = (reason: string): LeakVerdict => ({ state: 'unknown', reason });
