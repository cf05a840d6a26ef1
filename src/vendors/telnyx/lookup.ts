import type { Action } from '../../intent/intent.ts';
import { at, isInParts, moneyOf, objectsAt, textAt } from '../shared/answer.ts';
import { fieldOf, isJsonObject, type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import { createdAtOf, wholeList } from '../shared/records.ts';
import { plainGet } from '../shared/requests.ts';
import type { LookupAdapter, VendorRecord } from '../lookup-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { API_HOST } from './facts.ts';

const RECORDS = ['v2', 'detail_records'];
const PAGE = 50;
/** A call has its record when it has ended, after four hours at most; nothing is promised about the rest. */
const LAG = 24 * 3600 * 1000;

interface RecordType {
  readonly type: string;
  /** Attribute of the record that holds the id of `readSettlement`. */
  readonly id: string;
}

const TYPES: Partial<Record<Action, RecordType>> = {
  'message.send': { type: 'messaging', id: 'uuid' },
  'call.create': { type: 'call-control', id: 'call_leg_id' },
  'verify.start': { type: 'verify', id: 'id' },
};
/**
 * Operations that surely get a detail record. Not e-mail, WhatsApp and RCS, for which the vendor promises none, nor messages and
 * calls that happen later or are made by the other side.
 */
const SHOWN: ReadonlySet<string> = new Set([
  'messages.send',
  'messages.sendLongCode',
  'messages.sendNumberPool',
  'messages.sendShortCode',
  'messages.sendGroupMms',
  'messages.sendWithAlphanumericSender',
  'ai.assistants.sendSMS',
  'calls.dial',
  'calls.actions.transfer',
  'texml.accounts.calls.calls',
  'texml.accounts.conferences.participants.participants',
  'texml.initiateAICall',
  'texml.calls.create',
  'verifications.triggerSMS',
  'verifications.triggerCall',
  'verifications.triggerFlashcall',
  'verifications.triggerWhatsappVerification',
]);
const OPEN_STATES: ReadonlySet<string> = new Set(['queued', 'sending', 'sent', 'pending', 'scheduled']);

/** Reading back: one message by its own endpoint, everything else from the detail records. */
export const lookup: LookupAdapter = {
  lag: LAG,
  fetch(action, id) {
    if (isInParts(id)) return null;
    if (action === 'message.send') return plainGet(API_HOST, ['v2', 'messages', id]);
    const record = TYPES[action];
    return record === undefined ? null : detailRecords(record.type, { [`filter[${record.id}]`]: id });
  },
  list(action, { since, until }) {
    const record = TYPES[action];
    if (record === undefined) return null;
    return detailRecords(record.type, {
      'filter[created_at][gte]': new Date(since).toISOString(),
      'filter[created_at][lt]': new Date(until + 1).toISOString(),
      sort: 'created_at',
    });
  },
  shows: (operation) => SHOWN.has(operation),
  read,
};

function detailRecords(type: string, filter: Readonly<Record<string, string>>): WireRequest {
  const query = new URLSearchParams({ 'filter[record_type]': type, ...filter, 'page[size]': String(PAGE) });
  return plainGet(API_HOST, RECORDS, query.toString());
}

function read(
  action: Action,
  request: WireRequest,
  { status, body }: WireResponse,
): ReturnType<LookupAdapter['read']> {
  const document = status === 200 ? parseJsonObject(body) : null;
  if (document === null) return null;
  if (request.segments[1] === 'messages') {
    const message = messageRecord(at(document, 'data'));
    return message === null ? null : { records: [message], next: null };
  }
  const type = TYPES[action];
  if (type === undefined || !Array.isArray(document['data'])) return null;
  const wanted = new URLSearchParams(request.query).get(`filter[${type.id}]`);
  const records = wholeList(objectsAt(document, 'data').map((record) => detailRecord(record, type.id)));
  const next = nextPage(document, request);
  if (records === null || (next === 'unknown' && records.length >= PAGE)) return null;
  return {
    records: records.filter(({ id }) => wanted === null || id === wanted),
    next: next === 'unknown' ? null : next,
  };
}

function nextPage(document: JsonObject, request: WireRequest): WireRequest | null | 'unknown' {
  const meta = at(document, 'meta');
  const page = meta === null ? undefined : fieldOf(meta, 'page_number');
  const pages = meta === null ? undefined : fieldOf(meta, 'total_pages');
  if (typeof page !== 'number' || typeof pages !== 'number') return 'unknown';
  if (page >= pages) return null;
  const query = new URLSearchParams(request.query);
  query.set('page[number]', String(page + 1));
  return { ...request, query: query.toString() };
}

/** `GET /messages/{id}`: its cost is final once it is delivered or failed. */
function messageRecord(data: JsonObject | null): VendorRecord | null {
  const id = textAt(data, 'id');
  if (data === null || id === null) return null;
  const [to] = objectsAt(data, 'to');
  const cost = fieldOf(data, 'cost');
  const money = isJsonObject(cost) ? moneyOf(fieldOf(cost, 'amount'), fieldOf(cost, 'currency')) : null;
  return {
    id,
    to: textAt(to ?? null, 'phone_number'),
    from: textAt(at(data, 'from'), 'phone_number'),
    text: textAt(data, 'text'),
    cost: money,
    final: money !== null && textAt(data, 'completed_at') !== null,
    createdAt: createdAtOf(textAt(data, 'received_at') ?? textAt(data, 'sent_at')),
  };
}

function detailRecord(record: JsonObject, idName: string): VendorRecord | null {
  const id = textAt(record, idName) ?? textAt(record, 'id') ?? textAt(record, 'uuid');
  if (id === null) return null;
  const amount = fieldOf(record, 'cost') ?? fieldOf(record, 'verify_usage_fee');
  const cost = moneyOf(amount, fieldOf(record, 'currency'));
  const state = textAt(record, 'status') ?? textAt(record, 'verification_status') ?? '';
  return {
    id,
    to: numberOf(textAt(record, 'cld') ?? textAt(record, 'destination_phone_number')),
    from: textAt(record, 'cli'),
    text: null,
    cost,
    final: cost !== null && !OPEN_STATES.has(state),
    createdAt: createdAtOf(textAt(record, 'created_at') ?? textAt(record, 'started_at')),
  };
}

/** The number in a record; null for a SIP address, which records write in another way than requests. */
function numberOf(text: string | null): string | null {
  const digits = /^\+?(\d{5,15})$/.exec(text ?? '')?.[1];
  return digits === undefined ? null : `+${digits}`;
}
