import type { Secret } from '../kernel/secret.ts';
import type { JwtAlgorithm, UnverifiedJwt } from './shared/jwt.ts';
import type { Operation, WireRequest, WireResponse } from './wire.ts';

/** The credential as the app presented it, before anything is believed. */
export type Presented =
  | { readonly kind: 'secret'; readonly publicId: string | null; readonly secret: string }
  | {
      readonly kind: 'jwt';
      readonly publicId: string;
      readonly algorithm: JwtAlgorithm;
      readonly jwt: UnverifiedJwt;
      /** Seconds from `iat` for which the vendor takes a token without `exp`; absent when it takes none. */
      readonly life?: number;
    };

/** What an app gets: the vendor's names for the parts and their values, shown once. */
export interface IssuedCredential {
  /** How the key proves itself: a bearer or basic secret, an HS256 secret, or an RSA private key. */
  readonly kind: 'secret' | 'hs256' | 'rs256';
  /** Public part that arrives with each request (account SID, API key, application id); null when there is none. */
  readonly publicId: string | null;
  /** Parts by field name, for the snippet: `accountSid`, `authToken`, `privateKey` … Secret parts are typed so. */
  readonly parts: Readonly<Record<string, string | Secret>>;
  /** What the gateway keeps to verify: the secret itself, or the RSA public key in PEM. */
  readonly verifier: Secret;
}

/** The random values that virtual credentials are made of. */
export interface IssueSources {
  /** Makes a checksummed virtual secret, `rfv` + 29 characters `[0-9A-Za-z]`. */
  virtualSecret(): string;
  /** Random lower-case hex of the given length. */
  hex(length: number): string;
  rsaKeyPair(): { readonly privateKey: string; readonly publicKey: string };
}

/** One field of a vendor account, as the operator is asked for it. */
export interface AccountField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** Checked when the account is sealed; `problem` tells the user what is expected. */
  readonly pattern: RegExp;
  readonly problem: string;
}

/** A vendor account with its real credential, revealed for one request. */
export interface OpenAccount {
  readonly fields: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** Where the virtual credential stands in a request, what an app is given, and how the real one is put in its place. */
export interface CustodyAdapter {
  /** Fields of a vendor account, in the order in which to ask. */
  readonly fields: readonly AccountField[];
  /** Kinds of virtual key on offer; the first is the default. */
  readonly kinds: readonly IssuedCredential['kind'][];
  issue(
    kind: IssuedCredential['kind'],
    account: Readonly<Record<string, string>>,
    sources: IssueSources,
  ): IssuedCredential;
  /** How to use the issued parts in the app, by SDK; `gateway` is the base URL of the apps listener. */
  snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[];
  /** Finds the credential in a request; null when there is none. Throws nothing. */
  read(request: WireRequest): Presented | null;
  /** Why `read` found nothing, when there is more to say than that no key was sent. */
  explainMissing?(request: WireRequest): string | null;
  /** Replaces the virtual credential by the real one, in whichever place it sits. `now` is wall time in ms. */
  authorize(request: WireRequest, account: OpenAccount, now: number): WireRequest;
  /** Why the app's verified JWT claims do not permit `operation`, naming the grant that is missing; null when they do. */
  checkClaims?(operation: Operation, claims: Readonly<Record<string, unknown>>): string | null;
  /** Why the request reaches beyond the account (its path names another one); null when it does not. `fields`: the account's public fields. */
  checkAccount?(request: WireRequest, fields: Readonly<Record<string, string>>): string | null;
  /** A harmless authenticated read that tells whether the credential works. `now` is wall time in ms. */
  test(account: OpenAccount, now: number): CredentialTest;
  /** Fields of answers that carry a secret of the vendor, replaced by `[sealed]` before the app sees them. JSON names. */
  readonly sealedAnswerFields: readonly string[];
}

/** A request that only a working credential gets a good answer to. */
export interface CredentialTest {
  readonly request: WireRequest;
  accepts(response: WireResponse): boolean;
}

export interface Snippet {
  readonly sdk: string;
  readonly language: string;
  readonly code: string;
}
