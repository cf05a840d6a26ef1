import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../kernel/clock.ts';
import type { RandomBytes } from '../kernel/random.ts';
import type { Bill } from './bill.ts';
import type { CallEngine } from './calls.ts';
import type { Ids } from './ids.ts';
import type { Inventory } from './inventory.ts';
import type { Outcomes } from './outcomes.ts';
import type { PriceBook } from './prices.ts';
import type { Recordings, Repeated } from './recordings.ts';
import type { Timeline } from './timeline.ts';
import type { VerificationDesk } from './verifications.ts';
import type { Webhooks } from './webhooks.ts';

/** Timers as the sandbox needs them. Those with `advance` are manual: time stands still until it is called. */
export interface SandboxTimers {
  set(run: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
  /** Moves time; `settle` waits for network work that a fired timer began. */
  advance?(milliseconds: number, settle: () => Promise<void>): Promise<void>;
}

export interface SandboxOptions {
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: RandomBytes;
  readonly timers: SandboxTimers;
  readonly log?: (line: string) => void;
  readonly settings?: Partial<Settings>;
}

/** How the simulated network behaves. All of it may be changed while the sandbox runs. */
export interface Settings {
  /** Milliseconds from acceptance until a message is sent, delivered, and until a late price is known. */
  sentAfter: number;
  deliveredAfter: number;
  pricedAfter: number;
  /** Milliseconds that a phone rings before it is answered. */
  ringFor: number;
  /** Seconds that a called person stays on the line when no script ends the call earlier. */
  talkSeconds: number;
  /** `bill`: keep the compact bill and only the latest resources; `all`: keep `maximumItems` of each kind. */
  retain: 'all' | 'bill';
  maximumItems: number;
  /** Bytes of one recorded second; raise it to download large recordings. */
  recordingBytesPerSecond: number;
  /** First pause before a refused webhook is sent again; doubles each time. */
  webhookRetryAfter: number;
}

export const DEFAULT_SETTINGS: Settings = {
  sentAfter: 200,
  deliveredAfter: 800,
  pricedAfter: 1500,
  ringFor: 1000,
  talkSeconds: 30,
  retain: 'all',
  maximumItems: 100_000,
  recordingBytesPerSecond: 16_000,
  webhookRetryAfter: 1000,
};

/** In `bill` mode this many of each kind stay, so that a client can still look up what it just made. */
const RECENT_ITEMS = 20_000;

export function itemLimit(settings: Settings): number {
  return settings.retain === 'bill' ? Math.min(RECENT_ITEMS, settings.maximumItems) : settings.maximumItems;
}

/** A customer of a simulated vendor. */
export interface Account {
  /** Position in the registry; the bill refers to it. */
  readonly index: number;
  readonly vendor: string;
  /** The vendor's public name of it: account SID, API key, user id. */
  readonly id: string;
  readonly currency: string;
  readonly createdAt: number;
}

/** What the vendor modules share. */
export interface World {
  now(): number;
  readonly settings: Settings;
  readonly timeline: Timeline;
  readonly ids: Ids;
  readonly prices: PriceBook;
  readonly bill: Bill;
  readonly outcomes: Outcomes;
  readonly webhooks: Webhooks;
  readonly calls: CallEngine;
  readonly recordings: Recordings;
  readonly verifications: VerificationDesk;
  readonly inventory: Inventory;
  /** Adds a customer to the registry. */
  open(vendor: string, id: string, currency: string): Account;
}

/** One request as received, with its vendor host resolved. */
export interface Exchange {
  readonly method: string;
  readonly host: string;
  /** Path without query and without a `/_host/…` prefix. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What absolute links of the answer start with: `https://<vendor host>`, or our own prefix when that was used. */
  readonly origin: string;
  /** Placeholders of the matched route, decoded. */
  params: Readonly<Record<string, string>>;
  account: Account | null;
  /** Which real credential was accepted, for example `authToken`. */
  credential: string | null;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Repeated;
}

/** Resource-owning account creation, inbound traffic and HTTP of one vendor. */
export interface VendorModule {
  readonly id: string;
  serves(host: string): boolean;
  handle(exchange: Exchange): Reply | Promise<Reply>;
  /** An error in the vendor's own format, for faults. */
  problem(status: number, message: string): Reply;
  createAccount(request: AccountRequest): SandboxAccount;
  /** Something arrives from the phone network for a number of this vendor. */
  inbound(event: InboundEvent): Promise<InboundResult>;
}

export interface AccountRequest {
  readonly vendor: string;
  readonly currency?: string;
  /** Fixed values instead of random ones, by the names that `SandboxAccount.credentials` has. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** A customer with everything that a real one would see in the vendor's console, secrets included. */
export interface SandboxAccount {
  readonly vendor: string;
  readonly id: string;
  readonly currency: string;
  readonly credentials: Readonly<Record<string, string>>;
}

export interface InboundEvent {
  readonly vendor: string;
  readonly account: string;
  readonly kind: 'message' | 'call';
  readonly from: string;
  readonly to: string;
  readonly text?: string;
  /** Where the vendor reports it; default: what the number or application is configured with. */
  readonly url?: string;
}

export interface InboundResult {
  readonly id: string;
  readonly status: number | null;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' } as const;

export function json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return {
    status,
    headers: headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers },
    body: JSON.stringify(value),
  };
}

export function empty(status: number): Reply {
  return { status, body: '' };
}
