import { ZERO, type Micros } from '../kernel/money.ts';
import { timedAmount } from './amounts.ts';
import type { Account, Settings } from './core.ts';
import type { Bill } from './bill.ts';
import type { Outcomes } from './outcomes.ts';
import type { PriceBook } from './prices.ts';
import type { Timeline } from './timeline.ts';

/** One instruction of a call script, whatever language the customer wrote it in. */
export type ScriptStep =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'record'; readonly seconds: number; readonly callback: string | null }
  | {
      readonly kind: 'dial';
      /** Ring together; the first that answers gets the call. */
      readonly targets: readonly string[];
      readonly from: string | null;
      readonly timeoutSeconds: number;
      readonly limitSeconds: number | null;
    }
  | { readonly kind: 'message'; readonly to: string | null; readonly text: string }
  | { readonly kind: 'redirect'; readonly url: string; readonly method: string }
  | { readonly kind: 'hangup' };

/** Gives the steps of a call; null when they cannot be had, which ends the call. */
export type ScriptSource = (call: PhoneCall) => Script | Promise<Script>;
export type Script = readonly ScriptStep[] | null;

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export interface PhoneCall {
  readonly id: string;
  readonly account: Account;
  readonly from: string;
  readonly to: string;
  readonly direction: 'outbound-api' | 'outbound-dial' | 'inbound';
  readonly parent: PhoneCall | null;
  readonly children: PhoneCall[];
  readonly createdAt: number;
  readonly hooks: CallHooks;
  /** Free for the vendor module: resource fields that the engine does not need. */
  readonly detail: Readonly<Record<string, string>>;
  status: CallStatus;
  answeredAt: number | null;
  endedAt: number | null;
  /** Seconds that the call was connected, rounded up. */
  duration: number;
  limitSeconds: number;
  /** Null while the call runs or was never answered. */
  price: Micros | null;
  /** Price of a minute. */
  rate: Micros;
  pricedAt: number;
  /** Id of the recording of the whole call; null when it is not recorded. */
  recordingId: string | null;
}

export interface FinishedRecording {
  readonly id: string | null;
  readonly seconds: number;
  readonly callback: string | null;
}

export interface CallHooks {
  /** The call reached `ringing`, `in-progress` or an end. */
  changed(call: PhoneCall): void;
  /** A recording is complete; `id` is null when its id is still to be made. */
  recorded(call: PhoneCall, recording: FinishedRecording): void;
  /** A script sent a message. */
  message(call: PhoneCall, to: string | null, text: string): void;
  /** Fetches the steps behind a URL of the customer. */
  load(call: PhoneCall, url: string, method: string): Script | Promise<Script>;
  newId(): string;
  /** A child leg was made. */
  opened(call: PhoneCall): void;
}

export interface CallRequest {
  readonly id: string;
  readonly account: Account;
  readonly from: string;
  readonly to: string;
  readonly direction: PhoneCall['direction'];
  readonly parent: PhoneCall | null;
  readonly script: ScriptSource;
  readonly hooks: CallHooks;
  readonly detail: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly limitSeconds: number;
  readonly recordingId: string | null;
}

export interface CallEngine {
  start(request: CallRequest): PhoneCall;
  /** Ends a call now: a ringing one is canceled, a live one completed. */
  hangUp(call: PhoneCall): void;
  /** A live call goes on with another script. */
  redirect(call: PhoneCall, script: ScriptSource): void;
  limit(call: PhoneCall, seconds: number): void;
}

export interface CallSources {
  readonly now: () => number;
  readonly settings: Settings;
  readonly timeline: Timeline;
  readonly prices: PriceBook;
  readonly bill: Bill;
  readonly outcomes: Outcomes;
}

/** Longest call of any vendor when the request sets no limit: four hours. */
export const LONGEST_CALL = 14_400;

/** Books the connected time by started minutes; a call that was recorded as a whole yields its recording. */
export function settle(call: PhoneCall, end: number, { bill, prices, settings }: CallSources): void {
  const { account, to, id } = call;
  call.duration = Math.max(1, Math.ceil((end - (call.answeredAt ?? end)) / 1000));
  call.pricedAt = end + settings.pricedAfter;
  const item = callItem(call);
  const price = prices.price(account.vendor, item, to);
  const paid = call.direction !== 'inbound';
  call.rate = paid ? price.amount : ZERO;
  call.price = paid ? timedAmount(price, call.duration) : ZERO;
  if (call.price > 0) {
    const terms = { item, to, units: Math.ceil(call.duration / 60), amount: call.price };
    bill.charge({ account, resource: id, ...terms, at: end, finalAt: call.pricedAt });
  }
  const callback = call.detail['recordingCallback'] ?? null;
  const { recordingId, duration } = call;
  if (recordingId !== null) call.hooks.recorded(call, { id: recordingId, seconds: duration, callback });
}

function callItem({ to, parent }: PhoneCall): string {
  if (!to.startsWith('+')) return 'call.create/sip';
  return parent === null ? 'call.create/voice' : 'call.leg';
}

/** Wall time at which a call reaches its limit. For one that still rings, as if it had been answered at once. */
export function limitTime(call: PhoneCall): number {
  return (call.answeredAt ?? call.createdAt) + Math.max(0, call.limitSeconds) * 1000;
}
