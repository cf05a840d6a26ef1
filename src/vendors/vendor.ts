import type { Refusal } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Settlement } from '../intent/settlement.ts';
import type { Money } from '../kernel/money.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { Secret } from '../kernel/secret.ts';
import type { OperationTable } from './operations.ts';
import type { JwtAlgorithm, UnverifiedJwt } from './shared/jwt.ts';
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
  /** Replacement of the account's own secrets at the vendor. */
  readonly management: ManagementAdapter | null;
  readonly leaks: readonly LeakRule[];
}

export interface VendorFacts {
  readonly name: string;
  /** Exact hosts, or `*.suffix` for one label. These and no others are reachable through the gateway. */
  readonly hosts: readonly string[];
  /** Host of the operation table that stands for a server of the customer's own, named by an account's field `host`. */
  readonly ownHost?: string;
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

/** Wall ms, both included. */
export interface RecordSpan {
  readonly since: number;
  readonly until: number;
}

/** Reading back what really happened: late prices and unknown outcomes. Requests carry no credential; `authorize` adds it. */
export interface LookupAdapter {
  /** Fetches one record by the id that `readSettlement` gave. Null: this action has no record of its own. */
  fetch(action: Intent['action'], resourceId: string, account: OpenAccount['fields']): WireRequest | null;
  /** True when the vendor charges for the answer to this request of `fetch`: it is asked for late and seldom. Absent: none is charged. */
  isCharged?(request: WireRequest): boolean;
  /** Time in ms until everything that happened is sure to be listed; before that, absence proves nothing. Absent: a minute. */
  readonly lag?: number;
  /**
   * Lists the records made within the span, and more where the vendor cannot cut there. Null: it cannot list this action.
   */
  list(action: Intent['action'], span: RecordSpan, account: OpenAccount['fields']): WireRequest | null;
  /**
   * False for operations whose doing `list` does not show for sure, at once and under its recipient: there, absence proves
   * nothing. Absent: it shows every operation of its actions.
   */
  shows?(operation: string): boolean;
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
  /** Secrets that can be replaced without interruption, by field name. */
  readonly rotations: Readonly<Record<string, SecretRotation>>;
  /** For the other secrets, by field name: what a person does, one step a sentence. */
  readonly guides: Readonly<Record<string, readonly string[]>>;
}

/** Values of account fields; secret ones are typed so. */
export type FieldValues = Readonly<Record<string, string | Secret>>;

/**
 * How one secret of an account is replaced while the old and the new one both work. Requests carry the credential that
 * may make them. Every request but `create` may be sent twice.
 */
export interface SecretRotation {
  /** True when the vendor signs webhooks with this secret: the old value is accepted a while longer. */
  readonly signsWebhooks: boolean;
  /** A harmless read that this secret alone proves, whatever else the account has. `now` is wall time in ms. */
  test(
    account: OpenAccount,
    now: number,
  ): { readonly request: WireRequest; accepts(response: WireResponse): boolean };
  /** What exists of this kind at the vendor. Null: there is one place for a second secret, which has no id. */
  readonly list: {
    request(account: OpenAccount): WireRequest;
    /** Null when the answer is not understood. */
    read(response: WireResponse): readonly ListedCredential[] | null;
  } | null;
  /** The new secret where the customer chooses it; `fresh` is 32 random characters `[0-9A-Za-z]`. Absent: the vendor chooses. */
  choose?(fresh: Secret): FieldValues;
  /** Makes the second credential. `label` marks it as ours; `chosen` is what `choose` gave. */
  create(account: OpenAccount, label: string, chosen: FieldValues): WireRequest;
  /** What was made; null when the vendor refused. */
  readCreated(response: WireResponse): { readonly id: string | null; readonly values: FieldValues } | null;
  /** Why `create` was refused, with what to do about it; null when there is no more to say than the status. */
  explain(status: number): string | null;
  /** Ends a credential that nobody uses. A 404 means that it has ended already. */
  withdraw(account: OpenAccount, id: string | null): WireRequest;
  /** Ends the replaced credential; `account` holds the new one. Null when it cannot be told which that is. */
  retire(account: OpenAccount, replaced: Replaced): WireRequest | null;
}

export interface ListedCredential {
  readonly id: string;
  readonly label: string | null;
}

/** What a rotation knows of the credential that goes. */
export interface Replaced {
  /** Public fields of the account before the switch. */
  readonly fields: Readonly<Record<string, string>>;
  /** Ids that were listed before the new one was made. */
  readonly known: readonly string[];
}

/** Offline checks of a value's inner structure, by name; the scanner has the code. */
export type LeakStructure =
  | 'crc32-hex-tail'
  | 'uuid4-base64'
  | 'uuid-text-base64'
  | 'uuid-text-prefix-base64'
  | 'milliseconds-hex'
  | 'decodes-to-64-bytes'
  | 'jwt'
  | 'virtual-secret';

/** A literal by which the scanner finds the neighbourhood of a value; `hex`: so many hexadecimal digits follow it. */
export type LeakAnchor = string | { readonly prefix: string; readonly hex: number };

/**
 * A form of credential that the scanner finds. The pattern sees nothing but a slice of `span` bytes on either side of
 * an anchor, so that a changed version of a file needs to be read only near its changes.
 */
export interface LeakRule {
  /** Vendor and kind, in kebab case: `twilio-auth-token`. */
  readonly id: string;
  /** Name of the vendor, for people. */
  readonly vendor: string;
  readonly title: string;
  /** What the value looks like, in words, for the reference page. */
  readonly form?: string;
  /** `secret` lets an attacker in; an `identifier` or `public` value is shown only beside a secret, or when asked for. */
  readonly role: 'secret' | 'identifier' | 'public';
  /** How sure a match is before verification: `high` for a distinctive form, `medium` where a name beside it is the proof. */
  readonly confidence: 'high' | 'medium';
  /** ASCII, compared without regard to case, at least four characters (or a prefix with at least 8 hex digits). */
  readonly anchors: readonly LeakAnchor[];
  /** Bytes before and after the anchor that the pattern may see; 16 to 256. */
  readonly span: number;
  /** Flags `dg` and perhaps `i`. The group `secret` is the value; further groups (`id`, `host`) are its companions. Linear in time. */
  readonly pattern: RegExp;
  /** Words one of which must stand in the same slice, without regard to case; empty when the pattern is proof enough. */
  readonly context: readonly string[];
  /** Counts only at the beginning of files whose path is such, for values that nothing but the name of their file tells from others. */
  readonly file?: RegExp;
  readonly structure?: LeakStructure;
  /** True: a value that fails the structure check is no credential. False or absent: it only lowers the confidence. */
  readonly structureDecides?: boolean;
  /** What to do, in one or two sentences: where to revoke it and what replaces it. */
  readonly remedy: string;
  /** Made-up, never live. Each must be found by this rule. */
  readonly examples: readonly string[];
  /** Nearly a match; this rule must stay silent. */
  readonly nearMisses: readonly string[];
}
