import { sign, type KeyObject } from 'node:crypto';
import type { Micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { PhoneCall } from '../calls.ts';
import { json, type Account, type Exchange, type Reply, type World } from '../core.ts';
import { readForm, wholeNumber, type Fields, type JsonObject } from '../fields.ts';
import type { Log } from '../log.ts';
import type { HookRequest } from '../webhooks.ts';

export interface TelnyxState {
  readonly account: Account;
  readonly messages: Log<TelnyxMessage>;
  readonly calls: Log<PhoneCall>;
  /** Answers to commands by `command_id`: a repeated command has no further effect. */
  readonly commands: Map<string, Reply>;
  readonly orders: Log<NumberOrder>;
  /** Profiles and applications by collection. */
  readonly documents: Map<string, Log<TelnyxDocument>>;
  readonly signingKey: KeyObject;
}

export interface TelnyxMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly kind: 'SMS' | 'MMS' | 'WHATSAPP' | 'RCS';
  readonly parts: number;
  readonly encoding: string;
  readonly price: Micros;
  readonly profile: string;
  readonly createdAt: number;
  readonly sentAt: number;
  readonly deliveredAt: number;
  readonly outcome: 'delivered' | 'delivery_failed' | 'sending_failed';
  readonly webhookUrl: string;
  readonly scheduled: boolean;
  canceled: boolean;
}

export interface NumberOrder {
  readonly id: string;
  readonly numbers: readonly { readonly id: string; readonly number: string }[];
  readonly createdAt: number;
}

export interface TelnyxDocument {
  readonly id: string;
  readonly createdAt: number;
  values: JsonObject;
}

export interface TelnyxServices {
  readonly world: World;
  readonly states: Map<string, TelnyxState>;
  /** Opens an account; returns it with its API key and webhook public key. */
  open(request: { readonly currency: string; readonly apiKey?: string | undefined }): Opened;
}

export interface Opened {
  readonly state: TelnyxState;
  readonly apiKey: string;
  readonly publicKey: string;
}

/** What every account starts with. */
export const OPENING_BALANCE = 1_000_000_000_000 as Micros;

export const isoTime = (time: number): string => new Date(time).toISOString();

/** Amounts and currency as this vendor prints them. */
export const cost = ({ currency }: Account, amount: Micros) => ({ amount: decimalText(amount, 4), currency });

export function telnyxError(status: number, code: string, title: string, detail = title): Reply {
  return json(status, { errors: [{ code, title, detail }] });
}

export const notFound = (): Reply =>
  telnyxError(404, '10005', 'Resource not found', 'The requested resource or URL could not be found.');

export function invalid(pointer: string, detail: string): Reply {
  const error = { code: '10015', title: 'Invalid parameter', detail, source: { pointer: `/${pointer}` } };
  return json(422, { errors: [error] });
}

/** One page of a list by `page[number]` and `page[size]`; newest first. */
export function listPage<T>(exchange: Exchange, items: readonly T[], view: (item: T) => unknown): Reply {
  const fields = readForm(exchange.query);
  const size = wholeNumber(fields.get('page[size]'), 20, 1, 250);
  const number = wholeNumber(fields.get('page[number]'), 1, 1, 1e6);
  return json(200, {
    data: items.slice((number - 1) * size, number * size).map(view),
    meta: {
      page_number: number,
      page_size: size,
      total_pages: Math.max(1, Math.ceil(items.length / size)),
      total_results: items.length,
    },
  });
}

/** The bounds of `filter[created_at]`, both included; infinite where there is none. */
export function createdSpan(fields: Fields): { readonly since: number; readonly until: number } {
  const bound = (name: string, none: number): number => {
    const time = Date.parse(fields.get(`filter[created_at][${name}]`) ?? '');
    return Number.isNaN(time) ? none : time;
  };
  return { since: bound('gte', -Infinity), until: Math.min(bound('lte', Infinity), bound('lt', Infinity)) };
}

/** Filter by `filter[created_at][gte|lte|lt]` and `filter[date_range]`. */
export function createdFilter(fields: Fields, now: number): (time: number) => boolean {
  const { since, until } = createdSpan(fields);
  const before = Date.parse(fields.get('filter[created_at][lt]') ?? '');
  const day = (offset: number) => isoTime(now - offset * 86_400_000).slice(0, 10);
  const days: Readonly<Record<string, string>> = { today: day(0), yesterday: day(1) };
  const wanted = days[fields.get('filter[date_range]') ?? ''];
  return (time) =>
    time >= since &&
    time <= until &&
    !(time >= before) &&
    (wanted === undefined || isoTime(time).startsWith(wanted));
}

/**
 * A webhook signed as the vendor does: Ed25519 over `timestamp|body`
 * (https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks).
 */
export function signedEvent(world: World, state: TelnyxState, url: string, event: TelnyxEvent): HookRequest {
  const { id, type, payload } = event;
  const body = JSON.stringify({
    data: { id, event_type: type, occurred_at: isoTime(world.now()), payload, record_type: 'event' },
    meta: { attempt: 1, delivered_to: url },
  });
  const timestamp = String(Math.floor(world.now() / 1000));
  const signature = sign(null, Buffer.from(`${timestamp}|${body}`), state.signingKey).toString('base64');
  const headers = {
    'content-type': 'application/json',
    'telnyx-signature-ed25519': signature,
    'telnyx-timestamp': timestamp,
  };
  return { method: 'POST', url, headers, body };
}

export interface TelnyxEvent {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
}
