import type { Action } from '../../intent/intent.ts';
import { micros, type Money } from '../../kernel/money.ts';
import { at, isInParts, moneyOf, objectsAt, textAt } from '../shared/answer.ts';
import { fieldOf, type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import { createdAtOf, wholeList } from '../shared/records.ts';
import { plainGet } from '../shared/requests.ts';
import type { OpenAccount } from '../custody-adapter.ts';
import type { LookupAdapter, RecordSpan, VendorRecord } from '../lookup-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { API_HOST } from './facts.ts';

const CURRENCY = 'EUR';
const RECORDS = ['v2', 'reports', 'records'];

/** Products of the Reports API by action, in the order in which they are listed. The vendor charges for reports. */
const PRODUCTS: Partial<Record<Action, readonly [string, ...string[]]>> = {
  'message.send': ['SMS', 'MESSAGES'],
  'call.create': ['VOICE-CALL'],
  'verify.start': ['VERIFY-API', 'VERIFY-V2'],
};
const DIRECTED: ReadonlySet<string> = new Set(['SMS', 'MESSAGES', 'VOICE-CALL']);
/** States in which a record may still change. */
const OPEN_STATES: ReadonlySet<string> = new Set([
  'submitted',
  'accepted',
  'buffered',
  'in progress',
  'pending',
]);

/** Operations that have a record of their own. Further steps of a verification, conversation messages and video calls have none. */
const SHOWN: ReadonlySet<string> = new Set([
  'sms.send',
  'sms.send_get',
  'messages.send',
  'voice.create_call',
  'voice.modify_call',
  'verify_legacy.start',
  'verify_legacy.start_get',
  'verify_legacy.start_psd2',
  'verify_legacy.start_psd2_get',
  'verify.start_verification',
]);

/** A day, since the vendor does not promise when a report is complete. */
const LAG = 24 * 3600 * 1000;

/** Reading back: calls and Verify v1 by their own free endpoints, the rest by the Reports API. */
export const lookup: LookupAdapter = {
  fetch,
  isCharged,
  lag: LAG,
  list,
  shows: (operation) => SHOWN.has(operation),
  read,
};

/** Each record of a report costs, whether it has a price yet or not (Reports API, "paid product"). */
function isCharged({ segments }: WireRequest): boolean {
  return segments[1] === RECORDS[1];
}

type Fields = OpenAccount['fields'];

function fetch(action: Action, id: string, fields: Fields): WireRequest | null {
  if (isInParts(id)) return null;
  const dashed = id.includes('-');
  if (action === 'verify.start' && !dashed)
    return plainGet(API_HOST, ['verify', 'search', 'json'], `request_id=${encodeURIComponent(id)}`);
  const isCall = action === 'call.create' || action === 'call.modify';
  if (isCall && fields['applicationId'] !== undefined) return plainGet(API_HOST, ['v1', 'calls', id]);
  const products = PRODUCTS[isCall ? 'call.create' : action];
  if (products === undefined) return null;
  const [plain, uuid = plain] = products;
  return report(fields, dashed ? uuid : plain, { id });
}

/** A list of calls, oldest first, that ends where they become younger than what is looked for. */
interface CallsRequest extends WireRequest {
  readonly until: number;
}

function list(
  action: Action,
  { since, until }: RecordSpan,
  fields: Fields,
): WireRequest | CallsRequest | null {
  if (action === 'call.create' && fields['applicationId'] !== undefined) {
    const from = encodeURIComponent(new Date(since).toISOString());
    const request = plainGet(API_HOST, ['v1', 'calls'], `date_start=${from}&order=asc&page_size=100`);
    return { ...request, until };
  }
  const [product] = PRODUCTS[action] ?? [];
  if (product === undefined) return null;
  // The span is as narrow as can be, because every listed record costs. Rounded to whole seconds outwards, to include the last one.
  return report(fields, product, {
    date_start: new Date(since).toISOString(),
    date_end: new Date(until + 1000).toISOString(),
    include_message: 'true',
  });
}

function report(
  fields: Fields,
  product: string,
  filter: Readonly<Record<string, string>>,
): WireRequest | null {
  const account = fields['apiKey'];
  if (account === undefined) return null;
  const { include_message: message, ...rest } = filter;
  const query = new URLSearchParams({
    account_id: account,
    product,
    ...(DIRECTED.has(product) ? { direction: 'outbound' } : {}),
    ...rest,
    ...(message !== undefined && (product === 'SMS' || product === 'MESSAGES')
      ? { include_message: message }
      : {}),
  });
  return plainGet(API_HOST, RECORDS, query.toString());
}

function read(
  action: Action,
  request: WireRequest,
  { status, body }: WireResponse,
): ReturnType<LookupAdapter['read']> {
  const document = status === 200 ? parseJsonObject(body) : null;
  if (document === null) return null;
  if (request.segments[0] === 'verify') return single(verification(document));
  if (request.segments[1] === 'calls' && request.segments.length > 2) return single(call(document));
  if (request.segments[1] === 'calls') return calls(document, request);
  if (!Array.isArray(document['records'])) return null;
  const records = wholeList(objectsAt(document, 'records').map(reported));
  return records && { records, next: nextPage(document, request) ?? nextProduct(action, request) };
}

function single(record: VendorRecord | null): ReturnType<LookupAdapter['read']> {
  return record === null ? null : { records: [record], next: null };
}

/** Calls of the account, running ones too. */
function calls(document: JsonObject, request: WireRequest): ReturnType<LookupAdapter['read']> {
  const found = at(document, '_embedded');
  if (found === null || !Array.isArray(fieldOf(found, 'calls'))) return null;
  const records = wholeList(objectsAt(found, 'calls').map(call));
  return records && { records, next: isPast(request, records) ? null : nextPage(document, request) };
}

function isPast(request: WireRequest, records: readonly VendorRecord[]): boolean {
  if (!isCallsRequest(request)) return false;
  return records.length > 0 && records.every(({ createdAt }) => createdAt > request.until);
}

function isCallsRequest(request: WireRequest): request is CallsRequest {
  return 'until' in request && typeof request.until === 'number';
}

/**
 * The following page of a list. Only the query of the vendor's link is used, so that it cannot lead elsewhere. Parameters that
 * the link does not repeat (order, time) are kept: without them, the link's offset would count in a different list.
 */
function nextPage(document: JsonObject, request: WireRequest): WireRequest | null {
  const href = textAt(at(document, '_links', 'next'), 'href');
  const url = href === null ? null : URL.parse(href, `https://${request.host}`);
  if (url === null) return null;
  const query = new URLSearchParams(request.query);
  const before = query.toString();
  for (const [name, value] of url.searchParams) query.set(name, value);
  return query.toString() === before ? null : { ...request, query: query.toString() };
}

/** After the last page of one product comes the first of the next one. */
function nextProduct(action: Action, request: WireRequest): WireRequest | null {
  const query = new URLSearchParams(request.query);
  const products: readonly string[] = PRODUCTS[action] ?? [];
  const following = products[products.indexOf(query.get('product') ?? '') + 1];
  if (query.has('id') || following === undefined || following === products[0]) return null;
  query.delete('cursor');
  query.delete('iv');
  query.set('product', following);
  return { ...request, query: query.toString() };
}

/** `GET /v1/calls/{uuid}`: the price stands there when the call has ended. */
function call(document: JsonObject): VendorRecord | null {
  const id = textAt(document, 'uuid');
  if (id === null) return null;
  const cost = moneyOf(fieldOf(document, 'price'), CURRENCY);
  const ended = textAt(document, 'end_time') !== null || textAt(document, 'status') === 'completed';
  return recordOf(document, {
    id,
    to: textAt(at(document, 'to'), 'number'),
    from: textAt(at(document, 'from'), 'number'),
    cost,
    final: cost !== null && ended,
    at: textAt(document, 'start_time'),
  });
}

/** `GET /verify/search/json`: the verification's own price and the estimate of its messages. */
function verification(document: JsonObject): VendorRecord | null {
  const id = textAt(document, 'request_id');
  if (id === null) return null;
  const currency = fieldOf(document, 'currency') ?? CURRENCY;
  const own = moneyOf(fieldOf(document, 'price'), currency);
  const messages = moneyOf(fieldOf(document, 'estimated_price_messages_sent') ?? '0', currency);
  const ended = textAt(document, 'date_finalized') ?? '';
  const submitted = textAt(document, 'date_submitted');
  return recordOf(document, {
    id,
    to: textAt(document, 'number'),
    from: textAt(document, 'sender_id'),
    cost: add(own, messages),
    final: own !== null && ended !== '' && textAt(document, 'status') !== 'IN PROGRESS',
    at: submitted === null ? null : `${submitted.replace(' ', 'T')}Z`,
  });
}

/** A record of the Reports API; SMS records name no currency. */
function reported(record: JsonObject): VendorRecord | null {
  const id = ['message_id', 'call_id', 'request_id', 'id'].map((name) => textAt(record, name)).find(Boolean);
  if (id === undefined || id === null) return null;
  const currency = textAt(record, 'currency');
  const cost = moneyOf(
    fieldOf(record, 'total_price') ?? fieldOf(record, 'price'),
    currency === null || currency === '' ? CURRENCY : currency,
  );
  const finished = textAt(record, 'date_finalized') ?? textAt(record, 'date_end') ?? textAt(record, 'status');
  const open = OPEN_STATES.has((textAt(record, 'status') ?? '').toLowerCase());
  return recordOf(record, {
    id,
    to: textAt(record, 'to'),
    from: textAt(record, 'from'),
    cost,
    final: cost !== null && finished !== null && !open,
    at: textAt(record, 'date_received') ?? textAt(record, 'date_start'),
  });
}

interface Parts {
  readonly id: string;
  readonly to: string | null;
  readonly from: string | null;
  readonly cost: Money | null;
  readonly final: boolean;
  readonly at: string | null;
}

function recordOf(document: JsonObject, { at: time, to, ...rest }: Parts): VendorRecord {
  return {
    ...rest,
    to: to !== null && /^\d{5,15}$/.test(to) ? `+${to}` : to,
    text: textAt(document, 'message_body'),
    createdAt: createdAtOf(time),
  };
}

function add(one: Money | null, other: Money | null): Money | null {
  if (one === null || other === null) return null;
  return { amount: micros(one.amount + other.amount), currency: one.currency };
}
