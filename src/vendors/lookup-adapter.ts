import type { Intent } from '../intent/intent.ts';
import type { Money } from '../kernel/money.ts';
import type { OpenAccount } from './custody-adapter.ts';
import type { WireRequest, WireResponse } from './wire.ts';

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
  /** Wall time in ms; 0 where the vendor does not tell it, or not so that we understand it. */
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
  /** True when the vendor charges for answering this request of `fetch`, which is then sent late and seldom. Absent: none is charged. */
  isCharged?(request: WireRequest): boolean;
  /** Time in ms until everything that happened is sure to be listed; before that, absence proves nothing. Absent: a minute. */
  readonly lag?: number;
  /**
   * Lists the records made within the span, and more where the vendor cannot cut there. Null: it cannot list this action.
   */
  list(action: Intent['action'], span: RecordSpan, account: OpenAccount['fields']): WireRequest | null;
  /**
   * False for operations that `list` may not show, or only later or under another recipient: that no record is found then
   * proves nothing. Absent: `list` shows every operation of its actions.
   */
  shows?(operation: string): boolean;
  /** Reads an answer to a request of `fetch` or `list`; `next` asks for the following page. Null: not understood, so try later. */
  read(
    action: Intent['action'],
    request: WireRequest,
    response: WireResponse,
  ): { readonly records: readonly VendorRecord[]; readonly next: WireRequest | null } | null;
}
