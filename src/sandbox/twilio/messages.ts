import { ZERO, micros, type Micros } from '../../kernel/money.ts';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readForm, type Fields } from '../fields.ts';
import type { Route } from '../router.ts';
import { segmentText } from '../segments.ts';
import { notFound, twilioError } from './errors.ts';
import { messageError, messageStatus, messageView, recalledMessage, type TwilioMessage } from './message.ts';
import { list2010 } from './pages.ts';
import { signedForm } from './signature.ts';
import { API_VERSION, timeFilter, type TwilioServices, type TwilioState } from './state.ts';

const API = 'api.twilio.com';
const BASE = '/2010-04-01/Accounts/{account}/Messages';
const PHONE = /^\+[1-9]\d{6,14}$/;
const LONGEST_BODY = 1600;

/** Numbers that the vendor documents for tests: each refuses in its own way. */
const REFUSED: Readonly<Record<string, readonly [status: number, code: number]>> = {
  '+15005550001': [400, 21211],
  '+15005550002': [400, 21612],
  '+15005550003': [400, 21408],
  '+15005550004': [400, 21610],
  '+15005550009': [400, 21614],
};

export function messageRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  const { world } = services;
  const find = (state: TwilioState, sid: string): TwilioMessage | null => {
    const kept = state.messages.get(sid);
    if (kept !== undefined) return kept;
    const row = world.bill.find(state.account, sid);
    return row !== null && row.item.startsWith('message.send') ? recalledMessage(row) : null;
  };
  const one =
    (use: (state: TwilioState, message: TwilioMessage, exchange: Exchange) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const message = find(state, exchange.params['sid'] ?? '');
      return message === null ? notFound(exchange.path) : use(state, message, exchange);
    };
  return [
    ['POST', API, `${BASE}.json`, (state, exchange) => createMessage(services, state, exchange)],
    ['GET', API, `${BASE}.json`, (state, exchange) => listMessages(services, state, exchange)],
    [
      'GET',
      API,
      `${BASE}/{sid}.json`,
      one((state, message) => json(200, messageView(state, message, world.now()))),
    ],
    [
      'POST',
      API,
      `${BASE}/{sid}.json`,
      one((state, message, exchange) =>
        updateMessage(services, state, message, readForm(exchange.body.toString())),
      ),
    ],
    [
      'DELETE',
      API,
      `${BASE}/{sid}.json`,
      one((state, message) => {
        state.messages.remove(message.sid);
        return empty(204);
      }),
    ],
    [
      'GET',
      API,
      `${BASE}/{sid}/Media.json`,
      one((_state, _message, exchange) =>
        json(200, { media_list: [], next_page_uri: null, page: 0, page_size: 50, uri: exchange.path }),
      ),
    ],
  ];
}

function createMessage(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.body.toString());
  const problem = problemOf(fields);
  if (problem !== null) return problem;
  const message = sendMessage(services, state, {
    to: fields.get('To') ?? '',
    from: fields.get('From') ?? null,
    body: fields.get('Body') ?? '',
    media: fields.all('MediaUrl').length,
    serviceSid: fields.get('MessagingServiceSid') ?? null,
    callback: fields.get('StatusCallback') ?? null,
    sendAt: fields.get('ScheduleType') === 'fixed' ? Date.parse(fields.get('SendAt') ?? '') : null,
    direction: 'outbound-api',
  });
  return json(201, messageView(state, message, services.world.now()));
}

function problemOf(fields: Fields): Reply | null {
  const to = fields.get('To') ?? '';
  if (to === '') return twilioError(400, 21604);
  if (!fields.has('From') && !fields.has('MessagingServiceSid')) return twilioError(400, 21603);
  if (!fields.has('Body') && !fields.has('MediaUrl') && !fields.has('ContentSid'))
    return twilioError(400, 21602);
  if ((fields.get('Body') ?? '').length > LONGEST_BODY) return twilioError(400, 21617);
  const phone = phoneOf(to);
  if (phone !== null && !PHONE.test(phone))
    return twilioError(400, 21211, `The 'To' number ${to} is not a valid phone number.`);
  const refused = REFUSED[to];
  return refused === undefined ? scheduleProblem(fields) : twilioError(...refused);
}

function scheduleProblem(fields: Fields): Reply | null {
  const fixed = fields.get('ScheduleType') === 'fixed';
  return fixed && Number.isNaN(Date.parse(fields.get('SendAt') ?? ''))
    ? twilioError(400, 20001, 'SendAt is not a time')
    : null;
}

/** The phone number of an address; null for addresses of other kinds. */
function phoneOf(address: string): string | null {
  const colon = address.indexOf(':');
  if (colon === -1) return address;
  const channel = address.slice(0, colon);
  return channel === 'whatsapp' || channel === 'rcs' ? address.slice(colon + 1) : null;
}

export interface MessageRequest {
  readonly to: string;
  readonly from: string | null;
  readonly body: string;
  readonly media: number;
  readonly serviceSid: string | null;
  readonly callback: string | null;
  readonly sendAt: number | null;
  readonly direction: 'outbound-api' | 'outbound-reply';
}

/** Accepts a message: fixes its times and its price, charges it and plans its status callbacks. */
export function sendMessage(
  services: TwilioServices,
  state: TwilioState,
  request: MessageRequest,
): TwilioMessage {
  const { world } = services;
  const { ids, bill, settings, outcomes } = world;
  const phone = phoneOf(request.to);
  const now = world.now();
  const start = request.sendAt ?? now;
  const found = outcomes.of(phone ?? request.to);
  const outcome = found === 'undelivered' || found === 'failed' ? found : 'delivered';
  const terms = termsOf(services, request, phone);
  const charged = outcome !== 'failed';
  const { sendAt } = request;
  const message: TwilioMessage = {
    from: request.from,
    to: request.to,
    body: request.body,
    direction: request.direction,
    serviceSid: request.serviceSid,
    media: request.media,
    sid:
      (request.media > 0 ? 'MM' : 'SM') +
      (sendAt === null && charged ? ids.linkedHex(bill.length) : ids.hex(32)),
    segments: terms.segments,
    price: charged ? terms.price : null,
    createdAt: now,
    sentAt: start + settings.sentAfter,
    deliveredAt: start + settings.deliveredAfter,
    pricedAt: start + settings.pricedAfter,
    outcome,
    scheduled: sendAt !== null,
    canceled: false,
  };
  state.messages.add(message);
  const charge = () => chargeMessage(services, state, message, { item: terms.item, phone });
  if (sendAt !== null) world.timeline.at(start, charge);
  else charge();
  if (request.callback !== null) planCallbacks(services, state, message, request.callback);
  return message;
}

interface Terms {
  readonly item: string;
  readonly segments: number;
  readonly price: Micros;
}

function termsOf(
  { world }: TwilioServices,
  { to, body, media }: MessageRequest,
  phone: string | null,
): Terms {
  const item = itemOf(to, media);
  const segments = item === 'message.send/sms' ? segmentText(body).segments : 1;
  const { amount } = world.prices.price('twilio', item, phone);
  return { item, segments, price: micros(amount * segments) };
}

function itemOf(to: string, media: number): string {
  const colon = to.indexOf(':');
  if (colon === -1) return media > 0 ? 'message.send/mms' : 'message.send/sms';
  const channel = to.slice(0, colon);
  return channel === 'whatsapp' || channel === 'rcs' ? `message.send/${channel}` : 'message.send/chat';
}

function chargeMessage(
  { world }: TwilioServices,
  { account }: TwilioState,
  message: TwilioMessage,
  { item, phone }: { readonly item: string; readonly phone: string | null },
): void {
  if (message.price === null || message.canceled) return;
  world.bill.charge({
    account,
    resource: message.sid,
    item,
    to: phone ?? message.to,
    units: message.segments,
    amount: message.price ?? ZERO,
    at: world.now(),
    finalAt: message.pricedAt,
  });
}

function planCallbacks(
  services: TwilioServices,
  state: TwilioState,
  message: TwilioMessage,
  url: string,
): void {
  const { timeline, webhooks } = services.world;
  const report = (at: number) =>
    timeline.at(at, () => {
      const status = messageStatus(message, at);
      if (message.canceled || !['sent', 'delivered', 'undelivered', 'failed'].includes(status)) return;
      const build = () => signedForm(state.authToken, url, statusParameters(state, message, status));
      webhooks.deliver({ label: `twilio message ${status}`, retries: 1, build });
    });
  report(message.sentAt);
  if (message.outcome !== 'failed') report(message.deliveredAt);
}

function statusParameters(
  state: TwilioState,
  message: TwilioMessage,
  status: string,
): Record<string, string> {
  const error = messageError(status);
  return {
    AccountSid: state.account.id,
    ApiVersion: API_VERSION,
    From: message.from ?? '',
    To: message.to,
    MessageSid: message.sid,
    MessageStatus: status,
    SmsSid: message.sid,
    SmsStatus: status,
    ...(message.serviceSid === null ? {} : { MessagingServiceSid: message.serviceSid }),
    ...(error === null ? {} : { ErrorCode: String(error) }),
  };
}

function listMessages({ world }: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const inTime = timeFilter(fields, 'DateSent');
  const [to, from] = [fields.get('To'), fields.get('From')];
  const now = world.now();
  return list2010(exchange, {
    log: state.messages,
    key: 'messages',
    view: (message) => messageView(state, message, now),
    accept: (message) =>
      (to === undefined || message.to === to) &&
      (from === undefined || message.from === from) &&
      (inTime === null || inTime(message.createdAt)),
  });
}

/** The only changes that the vendor allows: cancel a scheduled message, or remove the text. */
function updateMessage(
  { world }: TwilioServices,
  state: TwilioState,
  message: TwilioMessage,
  fields: Fields,
): Reply {
  const now = world.now();
  if (fields.get('Status') === 'canceled') {
    if (messageStatus(message, now) !== 'scheduled') return twilioError(409, 30409);
    message.canceled = true;
  }
  if (fields.has('Body')) message.body = '';
  return json(200, messageView(state, message, now));
}
