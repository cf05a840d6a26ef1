import { ZERO } from '../../kernel/money.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import { readParameters } from './auth.ts';
import { verifyError } from './errors.ts';
import { bare, e164, euros, isNumber, type VonageServices, type VonageState } from './state.ts';
import { chargeSend } from './verify-charge.ts';

const API = 'api.nexmo.com';
const STATES: Readonly<Record<Verification['status'], string>> = {
  pending: 'IN PROGRESS',
  approved: 'SUCCESS',
  canceled: 'CANCELLED',
  max_attempts_reached: 'FAILED',
  expired: 'EXPIRED',
};

/** The older Verify API: every answer is HTTP 200, `status` tells. */
export function verifyRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const both = (path: string, handler: Route<VonageState>[3]): Route<VonageState>[] => [
    ['POST', API, path, handler],
    ['GET', API, path, handler],
  ];
  return [
    ...both('/verify/json', (state, exchange) => start(services, state, exchange)),
    ...both('/verify/psd2/json', (state, exchange) => start(services, state, exchange)),
    ...both('/verify/check/json', (state, exchange) => check(services, state, exchange)),
    ...both('/verify/search/json', (state, exchange) => search(services, state, exchange)),
    ...both('/verify/control/json', (state, exchange) => control(services, state, exchange)),
  ];
}

function find(
  { world }: VonageServices,
  { account }: VonageState,
  exchange: Exchange,
): Verification | undefined {
  return world.verifications.get(account, readParameters(exchange)['request_id'] ?? '');
}

function start(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const { world } = services;
  const { number = '', brand, payee, pin_code: code } = readParameters(exchange);
  const service = brand ?? payee ?? '';
  if (number === '')
    return verifyError('2', 'Your request is incomplete and missing the mandatory parameter: number');
  if (service === '')
    return verifyError('2', 'Your request is incomplete and missing the mandatory parameter: brand');
  if (!isNumber(number)) return verifyError('3', 'Invalid value for parameter: number');
  const to = e164(number);
  const pending = world.verifications.pending(state.account, 'v1', to);
  if (pending !== undefined)
    return verifyError('10', 'Concurrent verifications to the same number are not allowed', {
      request_id: pending.id,
    });
  const id = world.ids.linkedHex(world.bill.length);
  const verification = world.verifications.start({
    id,
    account: state.account,
    service: 'v1',
    to,
    channel: 'sms',
    code: code ?? null,
  });
  chargeSend(services, verification, { channel: 'sms', to });
  return json(200, { request_id: id, status: '0' });
}

function check(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const { world } = services;
  const verification = find(services, state, exchange);
  if (verification === undefined)
    return verifyError('6', 'The request was not found or it has been verified already');
  const { code = '' } = readParameters(exchange);
  const request_id = verification.id;
  switch (world.verifications.check(verification, code)) {
    case 'approved':
      return json(200, {
        request_id,
        event_id: world.ids.uuid(),
        status: '0',
        price: euros(verification.charged),
        currency: state.account.currency,
        estimated_price_messages_sent: euros(ZERO),
      });
    case 'wrong':
      return verifyError('16', 'The code provided does not match the expected value', { request_id });
    case 'too-many':
      return verifyError('17', 'A wrong code was provided too many times', { request_id });
    default:
      return verifyError('6', 'The request was not found or it has been verified already', { request_id });
  }
}

function search(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const verification = find(services, state, exchange);
  if (verification === undefined) return json(200, { status: '101', error_text: 'No response found' });
  return json(200, {
    request_id: verification.id,
    account_id: state.account.id,
    status: STATES[verification.status],
    number: bare(verification.to),
    price: euros(verification.charged),
    currency: state.account.currency,
    sender_id: 'verify',
    estimated_price_messages_sent: euros(ZERO),
    date_submitted: spaced(verification.createdAt),
    date_finalized: verification.status === 'pending' ? '' : spaced(verification.updatedAt),
    checks: [],
    events: [],
  });
}

/** `2026-01-31 12:00:00`, as this API prints times. */
const spaced = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

function control(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const verification = find(services, state, exchange);
  const { cmd } = readParameters(exchange);
  if (verification?.status !== 'pending') return verifyError('6', 'The request is not in progress');
  if (cmd === 'cancel') verification.status = 'canceled';
  else if (cmd === 'trigger_next_event') {
    verification.sends += 1;
    chargeSend(services, verification, { channel: 'voice', to: verification.to });
  } else return verifyError('3', 'Invalid value for parameter: cmd');
  return json(200, { status: '0', command: cmd });
}
