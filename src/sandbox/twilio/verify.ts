import { decimalText } from '../amounts.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import { documentsOf } from './documents.ts';
import { notFound, twilioError } from './errors.ts';
import { listMeta } from './pages.ts';
import { iso, timeFilter, type TwilioServices, type TwilioState, type VerificationAttempt } from './state.ts';

const VERIFY = 'verify.twilio.com';
const BASE = '/v2/Services/{service}';
const PHONE = /^\+[1-9]\d{6,14}$/;
const MOST_SENDS = 5;

/** Channel parameter → item of the price book. */
const ITEMS: Readonly<Record<string, string>> = {
  sms: 'verify.start/sms',
  auto: 'verify.start/sms',
  call: 'verify.start/voice',
  whatsapp: 'verify.start/whatsapp',
  email: 'verify.start/email',
  sna: 'verify.start/silent',
};

export function verifyRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  const { world } = services;
  const find = (state: TwilioState, { params }: Exchange) => {
    const named = params['verification'] ?? '';
    const service = params['service'] ?? '';
    const found =
      world.verifications.get(state.account, named) ??
      world.verifications.pending(state.account, service, named);
    return found?.service === service ? found : undefined;
  };
  return [
    ['POST', VERIFY, `${BASE}/Verifications`, (state, exchange) => start(services, state, exchange)],
    [
      'GET',
      VERIFY,
      `${BASE}/Verifications/{verification}`,
      (state, exchange) => {
        const found = find(state, exchange);
        return found === undefined ? notFound(exchange.path) : json(200, view(state, found, exchange.origin));
      },
    ],
    [
      'POST',
      VERIFY,
      `${BASE}/Verifications/{verification}`,
      (state, exchange) => {
        const found = find(state, exchange);
        const status = readForm(exchange.body.toString()).get('Status');
        if (found === undefined) return notFound(exchange.path);
        if (status !== 'canceled' && status !== 'approved')
          return twilioError(400, 60200, 'Invalid parameter `Status`');
        found.status = status;
        return json(200, view(state, found, exchange.origin));
      },
    ],
    ['POST', VERIFY, `${BASE}/VerificationCheck`, (state, exchange) => check(services, state, exchange)],
    ['GET', VERIFY, '/v2/Attempts', (state, exchange) => listAttempts(services, state, exchange)],
    [
      'GET',
      VERIFY,
      '/v2/Attempts/{attempt}',
      (state, exchange) => {
        const found = state.attempts.get(exchange.params['attempt'] ?? '');
        return found === undefined
          ? notFound(exchange.path)
          : json(200, attemptView(services, state, found, exchange.origin));
      },
    ],
  ];
}

function start(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const { verifications } = services.world;
  const fields = readForm(exchange.body.toString());
  const service = exchange.params['service'] ?? '';
  const [to, channel] = [fields.get('To') ?? '', fields.get('Channel') ?? ''];
  if (documentsOf(services, state, '/v2/Services').get(service) === undefined) return notFound(exchange.path);
  if (ITEMS[channel] === undefined) return twilioError(400, 60200, 'Invalid parameter `Channel`');
  if (channel === 'email' ? !to.includes('@') : !PHONE.test(to))
    return twilioError(400, 60200, `Invalid parameter \`To\`: ${to}`);
  const pending = verifications.pending(state.account, service, to);
  if (pending !== undefined && pending.sends >= MOST_SENDS) return twilioError(429, 60203);
  const verification =
    pending ?? begin(services, state, { service, to, channel, code: fields.get('CustomCode') ?? null });
  if (pending !== undefined) pending.sends += 1;
  verification.channel = channel;
  chargeSend(services, state, verification);
  return json(201, view(state, verification, exchange.origin));
}

type Beginning = Pick<Verification, 'service' | 'to' | 'channel'> & { readonly code: string | null };

function begin({ world }: TwilioServices, { account }: TwilioState, beginning: Beginning): Verification {
  return world.verifications.start({
    id: `VE${world.ids.linkedHex(world.bill.length)}`,
    account,
    ...beginning,
  });
}

function chargeSend({ world }: TwilioServices, state: TwilioState, verification: Verification): void {
  const { id, to, channel, service } = verification;
  const item = ITEMS[channel] ?? 'verify.start/sms';
  const { pricedAfter } = world.settings;
  const amount = world.verifications.charge(verification, { item, address: to, pricedAfter });
  state.attempts.add({
    sid: attemptSid(verification, verification.sends),
    verification: id,
    service,
    to,
    channel,
    price: decimalText(amount, 4),
    createdAt: world.now(),
    pricedAt: world.now() + pricedAfter,
  });
}

/** Each sending has a record of its own; its id follows from that of the verification. */
function attemptSid({ id }: Pick<Verification, 'id'>, send: number): string {
  return `VL${send}${id.slice(3)}`;
}

function check({ world }: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.body.toString());
  const code = fields.get('Code') ?? '';
  const sid = fields.get('VerificationSid');
  const service = exchange.params['service'] ?? '';
  const desk = world.verifications;
  const found =
    sid === undefined
      ? desk.pending(state.account, service, fields.get('To') ?? '')
      : desk.get(state.account, sid);
  if (code === '') return twilioError(400, 60200, 'Invalid parameter `Code`');
  if (found === undefined || found.service !== service) return notFound(exchange.path);
  const result = desk.check(found, code);
  if (result === 'too-many') return twilioError(429, 60202);
  if (result === 'not-pending') return notFound(exchange.path);
  // The vendor takes its fee for a code that was right.
  const { pricedAfter } = world.settings;
  if (result === 'approved') desk.charge(found, { item: 'verify.check', address: found.to, pricedAfter });
  return json(201, { ...view(state, found, exchange.origin), valid: result === 'approved' });
}

function view(state: TwilioState, verification: Verification, origin: string) {
  const { id, service, to, channel, status, createdAt, updatedAt, sends } = verification;
  return {
    sid: id,
    service_sid: service,
    account_sid: state.account.id,
    to,
    channel,
    status,
    valid: status === 'approved',
    lookup: {},
    amount: null,
    payee: null,
    send_code_attempts: Array.from({ length: sends }, (_, index) => ({
      time: iso(createdAt),
      channel,
      attempt_sid: attemptSid(verification, index + 1),
    })),
    sna: null,
    date_created: iso(createdAt),
    date_updated: iso(updatedAt),
    url: `${origin}/v2/Services/${service}/Verifications/${id}`,
  };
}

function listAttempts(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const inTime = timeFilter(fields, 'DateCreated');
  const [service, verification] = [fields.get('VerifyServiceSid'), fields.get('VerificationSid')];
  return listMeta(exchange, {
    log: state.attempts,
    key: 'attempts',
    view: (attempt) => attemptView(services, state, attempt, exchange.origin),
    accept: (attempt) =>
      (service === undefined || attempt.service === service) &&
      (verification === undefined || attempt.verification === verification) &&
      (inTime === null || inTime(attempt.createdAt)),
  });
}

function attemptView(
  { world }: TwilioServices,
  state: TwilioState,
  attempt: VerificationAttempt,
  origin: string,
): unknown {
  const converted = world.verifications.get(state.account, attempt.verification)?.status === 'approved';
  const currency = state.account.currency.toLowerCase();
  return {
    sid: attempt.sid,
    account_sid: state.account.id,
    service_sid: attempt.service,
    verification_sid: attempt.verification,
    date_created: iso(attempt.createdAt),
    date_updated: iso(attempt.createdAt),
    conversion_status: converted ? 'converted' : 'unconverted',
    channel: attempt.channel,
    price: { value: world.now() < attempt.pricedAt ? null : attempt.price, currency },
    channel_data: { to: attempt.to },
    url: `${origin}/v2/Attempts/${attempt.sid}`,
  };
}
