import type { Refusal } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Settlement } from '../intent/settlement.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { CustodyAdapter } from './custody-adapter.ts';
import type { LeakRule } from './leak-rule.ts';
import type { LookupAdapter } from './lookup-adapter.ts';
import type { ManagementAdapter } from './management-adapter.ts';
import type { OperationTable } from './operations.ts';
import type { TokenAdapter } from './token-adapter.ts';
import type { TranslationAdapter } from './translation.ts';
import type { WebhookAdapter } from './webhook-adapter.ts';
import type { Operation, WireRequest, WireResponse } from './wire.ts';

/** Everything Ringfence knows about one vendor. Pure: no clock, no network, no storage. */
export interface Vendor {
  readonly id: string;
  readonly facts: VendorFacts;
  readonly operations: OperationTable;
  readonly custody: CustodyAdapter;
  /** Translates bodies in another encoding. Absent: `readIntent` reads every encoding that the vendor accepts. */
  readonly translation?: TranslationAdapter;
  /** Translates a classified request; never guesses: what it cannot read is `malformed`. */
  readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading;
  /**
   * Writes limits into a request that the vendor will enforce, so that its cost stays within its bound: the time limit of a
   * call (`callSeconds`; null for everything else), the longest answer of a model. Absent: the vendor enforces none.
   */
  limit?(operation: Operation, request: WireRequest, callSeconds: number | null): WireRequest;
  readSettlement(intent: Intent, response: WireResponse): Settlement;
  /** Says no in the vendor's own error format, so that its SDK raises its own exception. Never a 5xx. */
  refuse(refusal: Refusal, request: Pick<WireRequest, 'method' | 'host' | 'path'>): WireResponse;
  /** Points absolute links of an answer (next pages) back at the gateway. Base-URL mode only. */
  rewriteLinks?(body: string, toGateway: (host: string) => string): string;
  readonly lookup: LookupAdapter | null;
  readonly webhooks: WebhookAdapter | null;
  readonly tokens: TokenAdapter | null;
  readonly management: ManagementAdapter | null;
  readonly leaks: readonly LeakRule[];
}

/** What is known of a vendor without asking it. */
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
  /** Headers of a refusal that keep the vendor's SDK from retrying. Absent: its SDKs do not retry, or cannot be told. */
  readonly noRetry?: Readonly<Record<string, string>>;
  /** SDKs that obey no proxy or CA variable, one sentence each with what to do instead. `ringfence run` says so. */
  readonly blindSpots?: readonly string[];
}

/** What a request means. */
export type Reading =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** The request cannot be understood; `problem` names the parameter and what is expected. */
  | { readonly kind: 'malformed'; readonly problem: string };
