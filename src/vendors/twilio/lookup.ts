import type { Action } from '../../intent/intent.ts';
import { micros, ZERO, type Money } from '../../kernel/money.ts';
import { at, isInParts, objectsAt, textAt } from '../shared/answer.ts';
import { fieldOf, type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import { createdAtOf, wholeList } from '../shared/records.ts';
import { plainGet } from '../shared/requests.ts';
import type { LookupAdapter, VendorRecord } from '../lookup-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { recordedAddress } from './addresses.ts';
import { facts, productHost, VERIFY_HOST } from './facts.ts';
import { accountGet } from './requests.ts';
import { priceOf } from './settle.ts';

/** Records come newest first, but not strictly: a message that still waits may stand further back. */
const MARGIN = 3_600_000;
/** The vendor takes 1,000; this many of the longest messages still fit into an answer that is read. */
const PAGE = 'PageSize=500';

/** Statuses after which a message gets no other price, and those that cost nothing (vendor's enum of statuses). */
const MESSAGE_DONE = new Set([
  'sent',
  'delivered',
  'undelivered',
  'read',
  'received',
  'partially_delivered',
  'failed',
  'canceled',
]);
const MESSAGE_FREE = new Set(['failed', 'canceled']);
/**
 * A message that failed is charged 0.001 since 2024-09-30, by usage record and not in its own price, except for these
 * errors (support.twilio.com, "Failed Message Processing Fees").
 */
const FAILED_FEE = micros(1000);
const FAILED_FREE = new Set([
  12400, 20500, 20504, 21408, 30002, 30008, 30036, 30103, 30450, 30454, 30500, 63010, 63012, 63013, 63018,
  63021, 63024, 63032, 63038, 90010,
]);
const CALL_DONE = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);
const CALL_FREE = new Set(['busy', 'failed', 'no-answer', 'canceled']);
const RECORDING_DONE = new Set(['completed', 'absent', 'failed', 'deleted']);
const RECORDING_FREE = new Set(['absent', 'failed']);

interface Kind {
  /** Member of a page that holds the records. */
  readonly list: string;
  readonly done: ReadonlySet<string>;
  readonly free: ReadonlySet<string>;
  readonly fetch: (id: string, fields: Readonly<Record<string, string>>) => WireRequest;
  readonly all: (since: number, fields: Readonly<Record<string, string>>) => WireRequest | null;
}

const messages: Kind = {
  list: 'messages',
  done: MESSAGE_DONE,
  free: MESSAGE_FREE,
  fetch: (id, fields) => accountGet(fields, ['Messages', `${id}.json`]),
  all: (_since, fields) => accountGet(fields, ['Messages.json'], PAGE),
};
const calls: Kind = {
  list: 'calls',
  done: CALL_DONE,
  free: CALL_FREE,
  fetch: (id, fields) => accountGet(fields, ['Calls', `${id}.json`]),
  all: (_since, fields) => accountGet(fields, ['Calls.json'], PAGE),
};
const recordings: Kind = {
  list: 'recordings',
  done: RECORDING_DONE,
  free: RECORDING_FREE,
  fetch: (id, fields) => accountGet(fields, ['Recordings', `${id}.json`]),
  all: () => null,
};
const attempts: Kind = {
  list: 'attempts',
  done: new Set(),
  free: new Set(),
  fetch: (id) => plainGet(VERIFY_HOST, ['v2', 'Attempts', id]),
  all: (since) =>
    plainGet(
      VERIFY_HOST,
      ['v2', 'Attempts'],
      `${PAGE}&DateCreatedAfter=${new Date(since).toISOString().slice(0, 19)}Z`,
    ),
};

const KINDS: Partial<Record<Action, Kind>> = {
  'message.send': messages,
  'call.create': calls,
  'recording.start': recordings,
  'verify.start': attempts,
};
const ID = /^(?:SM|MM|CA|RE|VL)[0-9A-Za-z]{1,64}$/;

/** A list that ends where the records become older than what is looked for. */
interface ListRequest extends WireRequest {
  readonly since: number;
}

/** Records usually appear at once; a busy list may be minutes behind. */
const LAG = 300_000;

export const lookup: LookupAdapter = {
  lag: LAG,
  fetch(action, resourceId, fields) {
    if (isInParts(resourceId) || !ID.test(resourceId)) return null;
    return KINDS[action]?.fetch(resourceId, fields) ?? null;
  },
  list(action, { since }, fields): ListRequest | null {
    const request = KINDS[action]?.all(since, fields) ?? null;
    return request === null ? null : { ...request, since };
  },
  read(action, request, response) {
    const kind = KINDS[action];
    const answer = kind === undefined ? null : answerOf(response);
    if (kind === undefined || answer === null) return null;
    return isListRequest(request) ? readList(kind, request, answer) : readOne(kind, answer);
  },
};

type Reading = ReturnType<LookupAdapter['read']>;

function readOne(kind: Kind, answer: JsonObject): Reading {
  const record = readRecord(kind, answer);
  return { records: record === null ? [] : [record], next: null };
}

function readList(kind: Kind, request: ListRequest, answer: JsonObject): Reading {
  if (!Array.isArray(fieldOf(answer, kind.list))) return null;
  const records = wholeList(objectsAt(answer, kind.list).map((record) => readRecord(kind, record)));
  if (records === null) return null;
  const next = isPast(request, records) ? null : nextPage(request, answer);
  return next === 'foreign' ? null : { records, next };
}

function answerOf({ status, body }: WireResponse): JsonObject | null {
  return status === 200 ? parseJsonObject(body) : null;
}

function readRecord(kind: Kind, record: JsonObject): VendorRecord | null {
  const id = textAt(record, 'sid');
  const createdAt = createdAtOf(textAt(record, 'date_created'));
  if (id === null) return null;
  if (kind === attempts) return attemptRecord(record, id, createdAt);
  const status = textAt(record, 'status') ?? '';
  const price = priceOf(fieldOf(record, 'price'), fieldOf(record, 'price_unit'));
  const cost = price ?? (kind.free.has(status) ? unpriced(kind, record) : null);
  const to = textAt(record, 'to');
  // A service chooses the number that a message comes from. The text of a record can differ from what was sent
  // (smart encoding, shortened links, the prefix of trial accounts), so it is not compared.
  const from = textAt(record, 'messaging_service_sid') === null ? textAt(record, 'from') : null;
  return {
    id,
    to: to === null ? null : recordedAddress(to),
    from,
    text: null,
    cost,
    final: cost !== null && kind.done.has(status),
    createdAt,
  };
}

function attemptRecord(record: JsonObject, id: string, createdAt: number): VendorRecord {
  const price = at(record, 'price');
  const cost = price === null ? null : priceOf(fieldOf(price, 'value'), fieldOf(price, 'currency'));
  const to = textAt(at(record, 'channel_data'), 'to');
  return { id, to, from: null, text: null, cost, final: cost !== null, createdAt };
}

/** The cost of a record that has ended and states no price. */
function unpriced(kind: Kind, record: JsonObject): Money {
  const isCharged =
    kind === messages &&
    textAt(record, 'status') === 'failed' &&
    !FAILED_FREE.has(Number(fieldOf(record, 'error_code') ?? Number.NaN));
  return {
    amount: isCharged ? FAILED_FEE : ZERO,
    currency: (textAt(record, 'price_unit') ?? facts.currency).toUpperCase(),
  };
}

function isPast({ since }: ListRequest, records: readonly VendorRecord[]): boolean {
  const isOld = ({ createdAt }: VendorRecord): boolean => createdAt > 0 && createdAt < since - MARGIN;
  return records.length > 0 && records.every(isOld);
}

function isListRequest(request: WireRequest): request is ListRequest {
  return 'since' in request && typeof request.since === 'number';
}

const LINK = /^(?:https:\/\/([a-z0-9.-]+))?(\/(?!\/)(?!.*\.\.)[A-Za-z0-9._~+/-]*)(?:\?([^#\s]*))?$/;

/** The core API gives a relative link, all others an absolute one; neither may lead away from the vendor. */
function nextPage(request: WireRequest, answer: JsonObject): WireRequest | null | 'foreign' {
  const link = textAt(answer, 'next_page_uri') ?? textAt(at(answer, 'meta'), 'next_page_url') ?? '';
  if (link === '') return null;
  const [, host = request.host, path = '', query = ''] = LINK.exec(link) ?? [];
  const isOwn = path !== '' && productHost(host) === productHost(request.host);
  return isOwn ? { ...request, host, path, segments: path.slice(1).split('/'), query } : 'foreign';
}
