import type { Micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { BillRow } from '../bill.ts';
import { API_VERSION, rfc2822, type TwilioState } from './state.ts';

/** A message; its state follows from the time, so that nothing has to be updated. */
export interface TwilioMessage {
  readonly sid: string;
  readonly from: string | null;
  readonly to: string;
  body: string;
  readonly direction: 'outbound-api' | 'outbound-reply' | 'inbound';
  readonly serviceSid: string | null;
  readonly segments: number;
  readonly media: number;
  readonly createdAt: number;
  readonly sentAt: number;
  readonly deliveredAt: number;
  readonly pricedAt: number;
  /** Charged amount; null when nothing is charged. */
  readonly price: Micros | null;
  readonly outcome: 'delivered' | 'undelivered' | 'failed' | 'received';
  readonly scheduled: boolean;
  canceled: boolean;
}

export function messageStatus(message: TwilioMessage, now: number): string {
  if (message.canceled) return 'canceled';
  if (message.direction === 'inbound') return 'received';
  if (now < message.sentAt) {
    if (message.scheduled) return 'scheduled';
    return message.serviceSid === null ? 'queued' : 'accepted';
  }
  if (message.outcome === 'failed') return 'failed';
  return now < message.deliveredAt ? 'sent' : message.outcome;
}

/** Why a message did not arrive: 30003 unreachable handset, 30008 unknown. */
export function messageError(status: string): number | null {
  if (status === 'undelivered') return 30003;
  return status === 'failed' ? 30008 : null;
}

export function messageView(state: TwilioState, message: TwilioMessage, now: number): unknown {
  const { sid, sentAt, createdAt, price } = message;
  const account = state.account.id;
  const status = messageStatus(message, now);
  const sent = now >= sentAt && !message.canceled;
  const uri = `/${API_VERSION}/Accounts/${account}/Messages/${sid}`;
  return {
    body: message.body,
    num_segments: String(message.segments),
    direction: message.direction,
    from: message.from,
    date_updated: rfc2822(lastChange(message, now)),
    price: price === null || now < message.pricedAt ? null : decimalText(-price as Micros, 5),
    error_message: status === 'undelivered' ? 'Unreachable destination handset' : null,
    uri: `${uri}.json`,
    account_sid: account,
    num_media: String(message.media),
    to: message.to,
    date_created: rfc2822(createdAt),
    status,
    sid,
    date_sent: sent ? rfc2822(sentAt) : null,
    messaging_service_sid: message.serviceSid,
    error_code: messageError(status),
    price_unit: state.account.currency,
    api_version: API_VERSION,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}

function lastChange(message: TwilioMessage, now: number): number {
  if (now >= message.deliveredAt) return message.deliveredAt;
  return now >= message.sentAt ? message.sentAt : message.createdAt;
}

/** What is left of a message that was dropped from memory: its charge. The text and the sender are gone. */
export function recalledMessage(row: BillRow): TwilioMessage {
  return {
    sid: row.resource,
    from: null,
    to: row.to ?? '',
    body: '',
    direction: 'outbound-api',
    serviceSid: null,
    segments: row.units,
    media: 0,
    createdAt: row.at,
    sentAt: row.at,
    deliveredAt: row.at,
    pricedAt: row.finalAt,
    price: row.amount,
    outcome: 'delivered',
    scheduled: false,
    canceled: false,
  };
}
