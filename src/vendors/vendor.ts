import type { Refusal } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Settlement } from '../intent/settlement.ts';
import type { Money } from '../kernel/money.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { Secret } from '../kernel/secret.ts';
import type { OperationTable } from './operations.ts';
import type { Operation, WireRequest, WireResponse } from './wire.ts';

/** Everything Ringfence knows about one vendor. Pure: no clock, no network, no storage. */
export interface Vendor {
  readonly id: string;
  readonly facts: VendorFacts;
  readonly operations: OperationTable;
  readonly custody: CustodyAdapter;
  /** Translates a classified request; never guesses: what it cannot read is `malformed`. */
  readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading;
  /** Caps that the vendor enforces for us, written into the request (a call gets its time limit). Absent: the vendor has none. */
  limitCall?(operation: Operation, request: WireRequest, seconds: number): WireRequest;
  readSettlement(intent: Intent, response: WireResponse): Settlement;
  /** Says no in the vendor's own error format, so that its SDK raises its own exception. Never a 5xx. */
  refuse(refusal: Refusal, request: Pick<WireRequest, 'method' | 'host' | 'path'>): WireResponse;
  /** Points absolute links of an answer (next pages) back at the gateway. Base-URL mode only. */
  rewriteLinks?(body: string, toGateway: (host: string) => string): string;
  readonly lookup: LookupAdapter | null;
  /** Verification and re-signing of inbound webhooks. */
  readonly webhooks: WebhookAdapter | null;
  /** Client tokens (browser, mobile) minted or exchanged under policy. */
  readonly tokens: TokenAdapter | null;
  /** Key creation, rotation and revocation at the vendor. */
  readonly management: ManagementAdapter | null;
  readonly leaks: readonly LeakRule[];
}

export interface VendorFacts {
  readonly name: string;
  /** Exact hosts, or `*.suffix` for one label. These and no others are reachable through the gateway. */
  readonly hosts: readonly string[];
  readonly docs: string;
  readonly statusPage: string | null;
  /** ISO currency in which the vendor bills unless the account says otherwise. */
  readonly currency: string;
  /** Parameters that disarm the vendor's own protection, as `Name=value` or `Name`; always refused. */
  readonly disarming: readonly string[];
  /** Environment variables by which an SDK takes another base URL, as `host/path`. `ringfence run` sets them. */
  readonly baseUrlVariables?: Readonly<Record<string, string>>;
  /** SDKs that obey no proxy or CA variable, one sentence each with what to do instead. `ringfence run` says so. */
  readonly blindSpots?: readonly string[];
}

/** The credential as the app presented it, before anything is believed. */
export type Presented =
  | { readonly kind: 'secret'; readonly publicId: string | null; readonly secret: string }
  | {
      readonly kind: 'jwt';
      readonly publicId: string;
      readonly algorithm: 'HS256' | 'RS256';
      readonly token: string;
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

export interface IssueSources {
  /** Makes a checksummed virtual secret, `rfv` + 29 characters `[0-9A-Za-z]`. */
  virtualSecret(): string;
  /** Random lower-case hex of the given length. */
  hex(length: number): string;
  rsaKeyPair(): { readonly privateKey: string; readonly publicKey: string };
}

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
  /** The smallest grant that `operation` needs, as the app's verified JWT claims allow it. Null when the claims are enough. */
  checkClaims?(operation: Operation, claims: Readonly<Record<string, unknown>>): string | null;
  /** Why the request reaches beyond the account (its path names another one); null when it does not. `fields`: the account's public fields. */
  checkAccount?(request: WireRequest, fields: Readonly<Record<string, string>>): string | null;
  /** A harmless authenticated read that tells whether the credential works. `now` is wall time in ms. */
  test(
    account: OpenAccount,
    now: number,
  ): { readonly request: WireRequest; accepts(response: WireResponse): boolean };
  /** Fields of answers that carry a secret of the vendor, replaced by `[sealed]` before the app sees them. JSON names. */
  readonly sealedAnswerFields: readonly string[];
}

export interface Snippet {
  readonly sdk: string;
  readonly language: string;
  readonly code: string;
}

export type Reading =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** The request cannot be understood; `problem` names the parameter and what is expected. */
  | { readonly kind: 'malformed'; readonly problem: string };

/** The vendor's own record of something that cost money. */
export interface VendorRecord {
  readonly id: string;
  readonly to: string | null;
  readonly from: string | null;
  readonly text: string | null;
  /** Null until the vendor has rated it. */
  readonly cost: Money | null;
  /** True when the price will not change any more. */
  readonly final: boolean;
  /** Wall time in ms. */
  readonly createdAt: number;
}

/** Reading back what really happened: late prices and unknown outcomes. Requests carry no credential; `authorize` adds it. */
export interface LookupAdapter {
  /** Fetches one record by the id that `readSettlement` gave. Null: this action has no record of its own. */
  fetch(action: Intent['action'], resourceId: string, account: OpenAccount['fields']): WireRequest | null;
  /** Time in ms until everything that happened is sure to be listed; before that, absence proves nothing. Absent: a minute. */
  readonly lag?: number;
  /** Lists records made since `since` (wall ms). Null: the vendor cannot list this action. */
  list(action: Intent['action'], since: number, account: OpenAccount['fields']): WireRequest | null;
  /** Reads an answer to either; `next` is the following page. Null when the answer is not understood (try later). */
  read(
    action: Intent['action'],
    request: WireRequest,
    response: WireResponse,
  ): { readonly records: readonly VendorRecord[]; readonly next: WireRequest | null } | null;
}

export interface WebhookAdapter {
  /** True when `request` (as received, body unchanged) was signed with `secret` for `url`. */
  verify(request: WireRequest, url: string, secret: Secret, now: number): boolean;
  /** Signs again for the app in the vendor's own scheme; returns the headers to set. */
  sign(request: WireRequest, url: string, secret: Secret, now: number): Readonly<Record<string, string>>;
  /** For schemes whose signature stands among the parameters: the request with its query or body signed again. Runs before `sign`. */
  signParameters?(request: WireRequest, secret: Secret, now: number): WireRequest;
  /** In place of `sign`, where the signature names the app's own public id. */
  signAs?(
    request: WireRequest,
    signer: { readonly publicId: string | null; readonly secret: Secret },
    now: number,
  ): Readonly<Record<string, string>>;
  /** What the app's validator is configured with, where that is not the secret itself but a public key made from it. */
  appVerifier?(secret: Secret): string;
  eventId(request: WireRequest): string | null;
}

export interface TokenAdapter {
  /** Checks what a token signed with the virtual secret asks for, and signs the same grants with the real one. */
  exchange(claims: Readonly<Record<string, unknown>>, account: OpenAccount, now: number): string | null;
}

export interface ManagementAdapter {
  /** `fresh`: a random secret of 32 characters `[0-9A-Za-z]`, for vendors that let the customer choose. */
  readonly create: (account: OpenAccount, fresh: Secret) => WireRequest;
  readonly readCreated: (
    response: WireResponse,
    fresh: Secret,
  ) => { readonly id: string; readonly secrets: Readonly<Record<string, Secret>> } | null;
  readonly revoke: (account: OpenAccount, id: string) => WireRequest;
}

/** A pattern by which the scanner finds a leaked credential of this vendor. */
export interface LeakRule {
  readonly id: string;
  readonly title: string;
  /** Literal words, one of which must be near; empty when the pattern alone is proof. */
  readonly keywords: readonly string[];
  readonly pattern: RegExp;
  readonly examples: readonly string[];
  readonly nearMisses: readonly string[];
}
