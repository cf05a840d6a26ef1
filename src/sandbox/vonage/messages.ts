import { micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readJson, text, type JsonObject } from '../fields.ts';
import type { Route } from '../router.ts';
import { segmentText } from '../segments.ts';
import { invalid } from './errors.ts';
import { signedJson } from './signing.ts';
import {
  bare,
  capabilityHook,
  e164,
  isNumber,
  type Application,
  type VonageMessage,
  type VonageServices,
  type VonageState,
} from './state.ts';

const API = 'api.nexmo.com';

/** Channel → item of the price book. */
const ITEMS: Readonly<Record<string, string>> = {
  sms: 'message.send/sms',
  mms: 'message.send/mms',
  whatsapp: 'message.send/whatsapp',
  rcs: 'message.send/rcs',
  messenger: 'message.send/chat',
  viber_service: 'message.send/chat',
};

/** The Messages API. `applicationOf` tells which application signed the request. */
export function messagesRoutes(
  services: VonageServices,
  applicationOf: (exchange: Exchange) => Application | undefined,
): readonly Route<VonageState>[] {
  return [
    [
      'POST',
      API,
      '/v1/messages',
      (state, exchange) => {
        const request = readJson(exchange);
        if (request === null) return invalid('The body is not a JSON object');
        return send(services, state, { request, application: applicationOf(exchange) });
      },
    ],
    ['PATCH', API, '/v1/messages/{id}', () => json(200, {})],
  ];
}

interface Sending {
  readonly request: JsonObject;
  readonly application: Application | undefined;
}

function send(services: VonageServices, state: VonageState, { request, application }: Sending): Reply {
  const { world } = services;
  const channel = text(request, 'channel') ?? '';
  const to = text(request, 'to') ?? '';
  const from = text(request, 'from') ?? '';
  const item = ITEMS[channel];
  if (item === undefined) return invalid('The channel is missing or not supported');
  const problem = addressProblem({ channel, to, from });
  if (problem !== null) return invalid(problem);
  const at = world.now();
  const content = text(request, 'text') ?? '';
  const parts = channel === 'sms' ? segmentText(content).segments : 1;
  const price = micros(world.prices.price('vonage', item, e164(to)).amount * parts);
  const outcome = world.outcomes.of(e164(to));
  const message: VonageMessage = {
    id: world.ids.linkedUuid(world.bill.length),
    product: 'MESSAGES',
    channel,
    from,
    to,
    text: content,
    reference: text(request, 'client_ref') ?? '',
    parts,
    price,
    createdAt: at,
    deliveredAt: at + world.settings.deliveredAfter,
    outcome: outcome === 'undelivered' || outcome === 'failed' ? outcome : 'delivered',
  };
  state.messages.add(message);
  const charge = { account: state.account, resource: message.id, item, to: e164(to) };
  world.bill.charge({ ...charge, units: parts, amount: price, at, finalAt: at });
  const url = text(request, 'webhook_url') ?? capabilityHook(application, 'messages', 'status_url');
  if (url !== '') planStatuses(services, state, { message, application, url });
  return json(202, { message_uuid: message.id });
}

function addressProblem({
  channel,
  to,
  from,
}: Pick<VonageMessage, 'channel' | 'to' | 'from'>): string | null {
  if (to === '' || from === '') return 'to and from are required';
  return channel === 'messenger' || isNumber(to) ? null : 'The value of to is not a phone number';
}

interface Reporting {
  readonly message: VonageMessage;
  readonly application: Application | undefined;
  readonly url: string;
}

function planStatuses(
  { world }: VonageServices,
  state: VonageState,
  { message, application, url }: Reporting,
): void {
  const last = message.outcome === 'delivered' ? 'delivered' : 'undeliverable';
  const report = (status: string, at: number) =>
    world.timeline.at(at, () => {
      const build = () =>
        signedJson({ world, state, application }, url, statusOf(state, message, { status, at }));
      world.webhooks.deliver({ label: `vonage message ${status}`, retries: 3, build });
    });
  report('submitted', message.createdAt + world.settings.sentAfter);
  report(last, message.deliveredAt);
}

function statusOf(
  state: VonageState,
  message: VonageMessage,
  { status, at }: { readonly status: string; readonly at: number },
): unknown {
  return {
    message_uuid: message.id,
    to: bare(message.to),
    from: bare(message.from),
    timestamp: new Date(at).toISOString(),
    status,
    client_ref: message.reference,
    usage: { currency: state.account.currency, price: decimalText(message.price, 4) },
    channel: message.channel,
    ...(message.channel === 'sms' ? { sms: { count_total: String(message.parts) } } : {}),
  };
}
