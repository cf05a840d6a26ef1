import { micros } from '../../kernel/money.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import type { Route } from '../router.ts';
import { segmentText } from '../segments.ts';
import { readParameters } from './auth.ts';
import { smsError } from './errors.ts';
import { signedSms } from './signing.ts';
import {
  balanceOf,
  bare,
  e164,
  euros,
  isNumber,
  type VonageMessage,
  type VonageServices,
  type VonageState,
} from './state.ts';

const REST = 'rest.nexmo.com';

/** The SMS API: JSON, form or query, POST or GET. */
export function smsRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const send = (state: VonageState, exchange: Exchange) => sendSms(services, state, exchange);
  return [
    ['POST', REST, '/sms/json', send],
    ['GET', REST, '/sms/json', send],
    ['POST', 'api.nexmo.com', '/sms/json', send],
  ];
}

function sendSms(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const parameters = readParameters(exchange);
  const { to = '', from = '', callback = state.hooks.receipt } = parameters;
  const text = parameters['text'] ?? parameters['body'];
  if (to === '') return smsError('2', 'Missing to param');
  if (from === '') return smsError('2', 'Missing from param');
  if (text === undefined) return smsError('2', 'Missing text param');
  if (!isNumber(to)) return smsError('3', 'Invalid to param');
  if (state.suspended) return smsError('8', 'Account barred');
  const { world } = services;
  const message = acceptSms(services, state, { to, from, text, reference: parameters['client-ref'] ?? '' });
  if (callback !== '') planReceipt(services, state, message, callback);
  const price = micros(message.price / message.parts);
  const balance = euros(balanceOf(world, state));
  const part = (id: string) => ({
    to: bare(to),
    'message-id': id,
    status: '0',
    'remaining-balance': balance,
    'message-price': euros(price),
    network: '00000',
    ...(message.reference === '' ? {} : { 'client-ref': message.reference }),
  });
  const ids = Array.from({ length: message.parts }, (_unused, index) =>
    index === 0 ? message.id : world.ids.uuid(),
  );
  return json(200, { 'message-count': String(message.parts), messages: ids.map(part) });
}

export type SmsRequest = Pick<VonageMessage, 'to' | 'from' | 'text' | 'reference'>;

function acceptSms({ world }: VonageServices, state: VonageState, request: SmsRequest): VonageMessage {
  const { bill, ids, prices, settings, outcomes } = world;
  const to = e164(request.to);
  const parts = segmentText(request.text).segments;
  const price = micros(prices.price('vonage', 'message.send/sms', to).amount * parts);
  const at = world.now();
  const found = outcomes.of(to);
  const message: VonageMessage = {
    ...request,
    id: ids.linkedUuid(bill.length),
    product: 'SMS',
    channel: 'sms',
    parts,
    price,
    createdAt: at,
    deliveredAt: at + settings.deliveredAfter,
    outcome: found === 'undelivered' || found === 'failed' ? found : 'delivered',
  };
  state.messages.add(message);
  const charge = { account: state.account, resource: message.id, item: 'message.send/sms', to };
  bill.charge({ ...charge, units: parts, amount: price, at, finalAt: at });
  return message;
}

function planReceipt(
  services: VonageServices,
  state: VonageState,
  message: VonageMessage,
  url: string,
): void {
  const { world } = services;
  const build = () =>
    signedSms({ world, state }, url, {
      msisdn: bare(message.to),
      to: message.from,
      'network-code': '00000',
      messageId: message.id,
      price: euros(message.price),
      status: message.outcome === 'delivered' ? 'delivered' : 'failed',
      scts: new Date(message.deliveredAt).toISOString().slice(2, 16).replaceAll(/[-T:]/g, ''),
      'err-code': message.outcome === 'delivered' ? '0' : '6',
      'api-key': state.account.id,
      'message-timestamp': new Date(message.deliveredAt).toISOString().slice(0, 19).replace('T', ' '),
    });
  world.timeline.at(message.deliveredAt, () =>
    world.webhooks.deliver({ label: `vonage sms ${message.outcome}`, retries: 3, build }),
  );
}
