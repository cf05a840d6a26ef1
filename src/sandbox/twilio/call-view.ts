import type { Micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { PhoneCall } from '../calls.ts';
import type { Recording } from '../recordings.ts';
import { API_VERSION, rfc2822, type TwilioState } from './state.ts';

/** `Direction` as the vendor names it, by what started the call. */
const DIRECTIONS = { 'outbound-api': 'outbound-api', 'outbound-dial': 'outbound-dial', inbound: 'inbound' };

export function callView(state: TwilioState, call: PhoneCall, now: number): unknown {
  const account = state.account.id;
  const base = `/${API_VERSION}/Accounts/${account}/Calls/${call.id}`;
  const changed = call.endedAt ?? call.answeredAt ?? call.createdAt;
  return {
    sid: call.id,
    account_sid: account,
    annotation: null,
    answered_by: null,
    api_version: API_VERSION,
    caller_name: null,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(changed),
    direction: DIRECTIONS[call.direction],
    duration: call.endedAt === null ? null : String(call.duration),
    end_time: call.endedAt === null ? null : rfc2822(call.endedAt),
    forwarded_from: null,
    from: call.from,
    from_formatted: call.from,
    group_sid: null,
    parent_call_sid: call.parent?.id ?? null,
    phone_number_sid: null,
    price: call.price === null || now < call.pricedAt ? null : decimalText(-call.price as Micros, 5),
    price_unit: state.account.currency,
    queue_time: '0',
    start_time: call.answeredAt === null ? null : rfc2822(call.answeredAt),
    status: call.status,
    subresource_uris: { recordings: `${base}/Recordings.json`, notifications: `${base}/Notifications.json` },
    to: call.to,
    to_formatted: call.to,
    trunk_sid: null,
    uri: `${base}.json`,
  };
}

export function recordingView(
  state: TwilioState,
  recording: Recording,
  now: number,
  origin: string,
): unknown {
  const account = state.account.id;
  const uri = `/${API_VERSION}/Accounts/${account}/Recordings/${recording.id}`;
  return {
    sid: recording.id,
    account_sid: account,
    api_version: API_VERSION,
    call_sid: recording.callId,
    channels: 1,
    conference_sid: null,
    date_created: rfc2822(recording.createdAt),
    date_updated: rfc2822(recording.createdAt),
    duration: String(recording.seconds),
    encryption_details: null,
    error_code: null,
    media_url: `${origin}${uri}`,
    price: now < recording.pricedAt ? null : decimalText(-recording.price as Micros, 5),
    price_unit: state.account.currency,
    source: 'OutboundAPI',
    start_time: rfc2822(recording.createdAt - recording.seconds * 1000),
    status: 'completed',
    uri: `${uri}.json`,
  };
}

/** What the vendor posts about a call. */
export function callParameters(state: TwilioState, call: PhoneCall): Record<string, string> {
  return {
    AccountSid: state.account.id,
    ApiVersion: API_VERSION,
    CallSid: call.id,
    CallStatus: call.status,
    Called: call.to,
    Caller: call.from,
    Direction: call.direction,
    From: call.from,
    To: call.to,
    ...(call.parent === null ? {} : { ParentCallSid: call.parent.id }),
    ...(call.endedAt === null
      ? {}
      : { CallDuration: String(call.duration), Duration: String(Math.ceil(call.duration / 60)) }),
  };
}
