import { micros } from '../../kernel/money.ts';
import type { BillRow } from '../bill.ts';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { list, readJson, text, type JsonObject } from '../fields.ts';
import type { Outcome } from '../outcomes.ts';
import type { Route } from '../router.ts';
import { segmentText } from '../segments.ts';
import { documentUrl } from './documents.ts';
import {
  cost,
  invalid,
  isoTime,
  notFound,
  signedEvent,
  telnyxError,
  type TelnyxMessage,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';

const API = 'api.telnyx.com';
const PHONE = /^\+[1-9]\d{6,14}$/;

const ITEMS = {
  SMS: 'message.send/sms',
  MMS: 'message.send/mms',
  WHATSAPP: 'message.send/whatsapp',
  RCS: 'message.send/rcs',
} as const;

/** All endpoints that send, with what they send when the request does not say. */
const SENDERS: Readonly<Record<string, keyof typeof ITEMS>> = {
  '': 'SMS',
  '/long_code': 'SMS',
  '/short_code': 'SMS',
  '/number_pool': 'SMS',
  '/alphanumeric_sender_id': 'SMS',
  '/schedule': 'SMS',
  '/group_mms': 'MMS',
  '/whatsapp': 'WHATSAPP',
  '/rcs': 'RCS',
};

export function messageRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const find = (state: TelnyxState, { params }: Exchange) => {
    const id = params['id'] ?? '';
    const row = services.world.bill.find(state.account, id);
    return state.messages.get(id) ?? (row?.item.startsWith('message.send') === true ? recalled(row) : null);
  };
  return [
    ...Object.entries(SENDERS).map(([suffix, kind]): Route<TelnyxState> => [
      'POST',
      API,
      `/v2/messages${suffix}`,
      (state, exchange) => create(services, state, { exchange, kind }),
    ]),
    [
      'GET',
      API,
      '/v2/messages/{id}',
      (state, exchange) => {
        const message = find(state, exchange);
        return message === null ? notFound() : json(200, { data: messageView(services, state, message) });
      },
    ],
    [
      'DELETE',
      API,
      '/v2/messages/{id}',
      (state, exchange) => {
        const message = find(state, exchange);
        if (message === null) return notFound();
        if (!message.scheduled || services.world.now() >= message.sentAt)
          return telnyxError(400, '40333', 'Message cannot be canceled');
        message.canceled = true;
        return empty(204);
      },
    ],
  ];
}

function create(
  services: TelnyxServices,
  state: TelnyxState,
  { exchange, kind: usual }: { readonly exchange: Exchange; readonly kind: keyof typeof ITEMS },
): Reply {
  const request = readJson(exchange);
  if (request === null) return telnyxError(400, '10011', 'Bad Request', 'The body is not a JSON object');
  const single = text(request, 'to');
  const targets =
    single === undefined ? list(request, 'to').filter((to) => typeof to === 'string') : [single];
  const media = list(request, 'media_urls').length > 0;
  const kind = media && usual === 'SMS' ? 'MMS' : usual;
  const problem = problemOf(request, { targets, media, kind });
  if (problem !== null) return problem;
  const messages = targets.map((to) => send(services, state, { request, to, kind }));
  const [first] = messages;
  if (first === undefined) return invalid('to', "The 'to' address is missing");
  const data = messageView(services, state, first);
  const addressed = messages.flatMap((message) => recipients(services, message));
  const total = micros(messages.reduce((sum, { price }) => sum + price, 0));
  return json(200, { data: { ...data, to: addressed, cost: cost(state.account, total) } });
}

interface Shape {
  readonly targets: readonly string[];
  readonly media: boolean;
  readonly kind: keyof typeof ITEMS;
}

function problemOf(request: JsonObject, { targets, media, kind }: Shape): Reply | null {
  if (targets.length === 0) return invalid('to', "The 'to' address is missing");
  if (targets.some((to) => !PHONE.test(to)))
    return invalid('to', 'The destination number is not a valid E.164 number');
  if (text(request, 'from') === undefined && text(request, 'messaging_profile_id') === undefined)
    return invalid('from', 'Either from or messaging_profile_id is required');
  if (kind === 'SMS' && !media && text(request, 'text') === undefined)
    return invalid('text', 'The text is missing');
  return null;
}

interface Sending {
  readonly request: JsonObject;
  readonly to: string;
  readonly kind: keyof typeof ITEMS;
}

function send(services: TelnyxServices, state: TelnyxState, { request, to, kind }: Sending): TelnyxMessage {
  const { world } = services;
  const { bill, ids, prices, settings, outcomes, timeline } = world;
  const content = text(request, 'text') ?? '';
  const { segments, encoding } = segmentText(content);
  const parts = kind === 'SMS' ? segments : 1;
  const now = world.now();
  const sendAt = Date.parse(text(request, 'send_at') ?? '');
  const scheduled = sendAt > now;
  const start = scheduled ? sendAt : now;
  const profile = text(request, 'messaging_profile_id') ?? '';
  const message: TelnyxMessage = {
    id: scheduled ? ids.uuid() : ids.linkedUuid(bill.length),
    from: text(request, 'from') ?? '',
    to,
    text: content,
    kind,
    parts,
    encoding,
    price: micros(prices.price('telnyx', ITEMS[kind], to).amount * parts),
    profile,
    createdAt: now,
    sentAt: start + settings.sentAfter,
    deliveredAt: start + settings.deliveredAfter,
    outcome: endOf(outcomes.of(to)),
    webhookUrl:
      text(request, 'webhook_url') ?? documentUrl(state, 'messaging_profiles', profile, 'webhook_url'),
    scheduled,
    canceled: false,
  };
  state.messages.add(message);
  if (scheduled) timeline.at(start, () => charge(services, state, message));
  else charge(services, state, message);
  if (message.webhookUrl !== '') planEvents(services, state, message);
  return message;
}

function endOf(outcome: Outcome | null): TelnyxMessage['outcome'] {
  if (outcome === 'undelivered') return 'delivery_failed';
  return outcome === 'failed' ? 'sending_failed' : 'delivered';
}

function charge({ world }: TelnyxServices, { account }: TelnyxState, message: TelnyxMessage): void {
  if (message.canceled) return;
  const { id, to, kind, parts, price } = message;
  const at = world.now();
  const terms = { item: ITEMS[kind], to, units: parts, amount: price };
  world.bill.charge({ account, resource: id, ...terms, at, finalAt: at });
}

function planEvents(services: TelnyxServices, state: TelnyxState, message: TelnyxMessage): void {
  const { timeline, webhooks, ids } = services.world;
  const report = (type: string, at: number) =>
    timeline.at(at, () => {
      if (message.canceled) return;
      const event = { id: ids.uuid(), type, payload: messageView(services, state, message) };
      const build = () => signedEvent(services.world, state, message.webhookUrl, event);
      webhooks.deliver({ label: `telnyx ${type}`, retries: 3, build });
    });
  report('message.sent', message.sentAt);
  report('message.finalized', message.deliveredAt);
}

function statusOf(services: TelnyxServices, message: TelnyxMessage): string {
  const now = services.world.now();
  if (message.canceled) return 'cancelled';
  if (now < message.sentAt) return message.scheduled ? 'scheduled' : 'queued';
  if (message.outcome === 'sending_failed') return 'sending_failed';
  return now < message.deliveredAt ? 'sent' : message.outcome;
}

function recipients(services: TelnyxServices, message: TelnyxMessage) {
  const status = statusOf(services, message);
  return [{ phone_number: message.to, status, carrier: 'Sandbox Mobile', line_type: 'Wireless' }];
}

export function messageView(services: TelnyxServices, state: TelnyxState, message: TelnyxMessage) {
  const now = services.world.now();
  const { id, kind, from, text: content, createdAt, sentAt, deliveredAt } = message;
  return {
    record_type: 'message',
    direction: 'outbound',
    id,
    type: kind,
    organization_id: state.account.id,
    messaging_profile_id: message.profile === '' ? null : message.profile,
    from: { phone_number: from, carrier: 'Telnyx', line_type: 'Wireless' },
    to: recipients(services, message),
    text: content,
    media: [],
    encoding: message.encoding,
    parts: message.parts,
    cost: cost(state.account, message.price),
    tags: [],
    webhook_url: message.webhookUrl === '' ? null : message.webhookUrl,
    received_at: isoTime(createdAt),
    sent_at: now < sentAt ? null : isoTime(sentAt),
    completed_at: now < deliveredAt ? null : isoTime(deliveredAt),
    valid_until: null,
    errors: [],
  };
}

/** What is left of a message that was dropped from memory: its charge. */
function recalled(row: BillRow): TelnyxMessage {
  return {
    id: row.resource,
    from: '',
    to: row.to ?? '',
    text: '',
    kind: 'SMS',
    parts: row.units,
    encoding: 'GSM-7',
    price: row.amount,
    profile: '',
    createdAt: row.at,
    sentAt: row.at,
    deliveredAt: row.at,
    outcome: 'delivered',
    webhookUrl: '',
    scheduled: false,
    canceled: false,
  };
}
