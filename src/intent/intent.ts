import type { PhoneFacts } from '../kernel/numbering/facts.ts';

/** What a vendor operation can do. Facts of the operation table; policy speaks about them. */
export const EFFECTS = [
  'read', // returns data
  'write', // changes something harmless
  'delete', // removes a resource
  'spend', // causes a charge
  'indirect', // may cause charges later or elsewhere
  'buy', // starts a recurring charge
  'pii', // the answer carries personal data
  'secret', // the answer carries a secret or token
  'credential', // creates, rotates or deletes credentials
  'routing', // changes who receives traffic
  'guard', // changes a safety control of the vendor
  'admin', // subaccounts, users, billing
  'export', // bulk export or streaming of data
] as const;
export type Effect = (typeof EFFECTS)[number];

/** The vendor-neutral verbs. `other` is an operation that is known by its effects alone. */
export const ACTIONS = [
  'message.send',
  'call.create',
  'call.modify',
  'verify.start',
  'verify.check',
  'lookup',
  'number.buy',
  'recording.start',
  'other',
] as const;
export type Action = (typeof ACTIONS)[number];

/** A parameter of this name is listed when a request has more nested parameters than `Intent.parameters` holds. */
export const MORE_PARAMETERS = '…';

export const CHANNELS = [
  'sms',
  'mms',
  'whatsapp',
  'rcs',
  'voice',
  'email',
  'chat',
  'push',
  'silent',
  'media',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** Where something goes. `address` is E.164 with `+` for phones; printing code must mask it (`maskAddress`). */
export interface Destination {
  readonly kind: 'phone' | 'sip' | 'client' | 'email' | 'user' | 'group' | 'application';
  readonly address: string;
  /** Numbering facts of a phone; null for every other kind. */
  readonly phone: PhoneFacts | null;
}

export interface Content {
  /** SMS segments; 1 where the channel is not billed by segment. */
  readonly segments: number;
  readonly encoding: 'gsm7' | 'ucs2' | null;
  readonly media: number;
  /** The text to fingerprint (never stored or printed). Null when the content lives at the vendor (templates). */
  readonly text: string | null;
}

/** Vendor-neutral meaning of one request. Everything that policy, limits, money and fraud detection look at. */
export interface Intent {
  readonly vendor: string;
  /** Operation id of the vendor's table, for example `CreateMessage`. */
  readonly operation: string;
  readonly action: Action;
  readonly effects: readonly Effect[];
  readonly channel: Channel | null;
  /** One entry per charge: a message to three recipients has three. Empty when nothing is addressed. */
  readonly destinations: readonly Destination[];
  readonly sender: string | null;
  /** Other senders that a recipient may see: that of a fallback message, the caller id of a leg that a script dials. Absent: none. */
  readonly furtherSenders?: readonly string[];
  readonly content: Content | null;
  /** When the vendor is to carry it out, in wall ms; null when the request does not tell the time. Absent: at once. */
  readonly doneAt?: number | null;
  /** Charged units of an order without destinations, such as SIM cards or a block of numbers. Absent: one. */
  readonly quantity?: number;
  /** Seconds after which the vendor ends the call; null when the request sets no limit. */
  readonly callSeconds: number | null;
  /** True when no parameter can shorten the call: `callSeconds` is the vendor's own limit, and a policy that wants less must refuse. */
  readonly fixedSeconds?: boolean;
  /** Further price dimensions, each priced by its own row: lookup packages, `recording`, `leg` (a further call leg of unknown destination). */
  readonly extras: readonly string[];
  /** Country (ISO 3166) of a number to buy. */
  readonly country: string | null;
  /** Request parameters by name as the vendor spells them, for `forbid` rules. First 200; then `MORE_PARAMETERS`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** URLs that the vendor will call or fetch. */
  readonly callbacks: readonly string[];
}
