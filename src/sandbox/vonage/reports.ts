import type { PhoneCall } from '../calls.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm, wholeNumber, type Fields } from '../fields.ts';
import type { Log } from '../log.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import { invalid } from './errors.ts';
import { bare, euros, type VonageMessage, type VonageServices, type VonageState } from './state.ts';

const API = 'api.nexmo.com';
const LARGEST_PAGE = 1000;

/** Records with their price, for reconciliation. */
export function reportRoutes(services: VonageServices): readonly Route<VonageState>[] {
  return [['GET', API, '/v2/reports/records', (state, exchange) => report(services, state, exchange)]];
}

function report({ world }: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const page = { exchange, fields };
  const product = fields.get('product') ?? '';
  switch (product) {
    case 'SMS':
    case 'MESSAGES': {
      const shown = { now: world.now(), withText: fields.get('include_message') === 'true' };
      const view = (message: VonageMessage) => messageRecord(state, message, shown);
      return records({
        ...page,
        log: state.messages,
        view,
        accept: (message) => message.product === product,
      });
    }
    case 'VOICE-CALL':
      return records({ ...page, log: state.calls, view: (call) => callRecord(state, call) });
    case 'VERIFY-API':
    case 'VERIFY-V2': {
      const version = product === 'VERIFY-API' ? 'v1' : 'v2';
      const view = (one: Verification) => verifyRecord(state, world.verifications.refresh(one));
      const accept = ({ service }: Verification) => service === version;
      return records({ ...page, log: world.verifications.of(state.account), view, accept });
    }
    default:
      return invalid('product is missing or not supported');
  }
}

interface Report<T> {
  readonly exchange: Exchange;
  readonly fields: Fields;
  readonly log: Log<T>;
  readonly view: (item: T) => unknown;
  readonly accept?: (item: T) => boolean;
}

function records<T extends { readonly id: string; readonly createdAt: number }>(query: Report<T>): Reply {
  const { exchange, fields, log, view, accept } = query;
  const ids = fields.get('id')?.split(',');
  const since = Date.parse(fields.get('date_start') ?? '');
  const until = Date.parse(fields.get('date_end') ?? '');
  const { items, next } = log.page({
    limit: wholeNumber(fields.get('limit'), LARGEST_PAGE, 1, LARGEST_PAGE),
    cursor: fields.get('cursor') ?? null,
    accept: (item) =>
      (accept?.(item) ?? true) &&
      (ids?.includes(item.id) ?? true) &&
      !(item.createdAt < since) &&
      !(item.createdAt > until),
  });
  const following = new URLSearchParams(exchange.query);
  if (next !== null) following.set('cursor', next);
  const self = exchange.origin + exchange.path;
  return json(200, {
    _links: {
      self: { href: `${self}?${exchange.query}` },
      ...(next === null ? {} : { next: { href: `${self}?${following.toString()}` } }),
    },
    request_status: 'SUCCESS',
    items_count: items.length,
    product: fields.get('product'),
    ...(next === null ? {} : { cursor: next }),
    records: items.map(view),
  });
}

interface Shown {
  readonly now: number;
  /** The text is part of a record only when it was asked for. */
  readonly withText: boolean;
}

function messageRecord(state: VonageState, message: VonageMessage, { now, withText }: Shown): unknown {
  const final = now >= message.deliveredAt;
  return {
    account_id: state.account.id,
    message_id: message.id,
    client_ref: message.reference,
    direction: 'outbound',
    from: bare(message.from),
    to: bare(message.to),
    ...(withText ? { message_body: message.text } : {}),
    network: '00000',
    date_received: new Date(message.createdAt).toISOString(),
    date_finalized: final ? new Date(message.deliveredAt).toISOString() : null,
    status: final ? message.outcome : 'submitted',
    error_code: '0',
    currency: state.account.currency,
    total_price: euros(message.price),
    concatenated: message.parts > 1 ? 'true' : 'false',
    parts: message.parts,
  };
}

function callRecord(state: VonageState, call: PhoneCall): unknown {
  return {
    account_id: state.account.id,
    call_id: call.id,
    direction: call.direction === 'inbound' ? 'inbound' : 'outbound',
    from: bare(call.from),
    to: bare(call.to),
    date_start: new Date(call.answeredAt ?? call.createdAt).toISOString(),
    date_end: call.endedAt === null ? null : new Date(call.endedAt).toISOString(),
    duration: String(call.duration),
    status: call.status,
    currency: state.account.currency,
    total_price: call.price === null ? null : euros(call.price),
  };
}

function verifyRecord({ account }: VonageState, verification: Verification): unknown {
  const { id, to, status, charged, createdAt, updatedAt, channel } = verification;
  return {
    account_id: account.id,
    request_id: id,
    to: bare(to),
    channel,
    status: status === 'pending' ? 'IN PROGRESS' : status.toUpperCase(),
    currency: account.currency,
    total_price: euros(charged),
    date_received: new Date(createdAt).toISOString(),
    date_finalized: status === 'pending' ? null : new Date(updatedAt).toISOString(),
  };
}
