import { json, type Exchange, type Reply } from '../core.ts';
import { readJson, text } from '../fields.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import { invalid, isoTime, notFound, type TelnyxServices, type TelnyxState } from './state.ts';

const API = 'api.telnyx.com';
const BY_NUMBER = '/v2/verifications/by_phone_number/{number}/actions/verify';
const PHONE = /^\+[1-9]\d{6,14}$/;

/** Kind of verification → item of the price book. */
const ITEMS: Readonly<Record<string, string>> = {
  sms: 'verify.start/sms',
  call: 'verify.start/voice',
  flashcall: 'verify.start/voice',
  whatsapp: 'verify.start/whatsapp',
};

export function verifyRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const { verifications } = services.world;
  return [
    ...Object.keys(ITEMS).map((kind): Route<TelnyxState> => [
      'POST',
      API,
      `/v2/verifications/${kind}`,
      (state, exchange) => start(services, state, { exchange, kind }),
    ]),
    [
      'GET',
      API,
      '/v2/verifications/{id}',
      (state, { params }) => {
        const found = verifications.get(state.account, params['id'] ?? '');
        return found === undefined ? notFound() : json(200, { data: view(found) });
      },
    ],
    [
      'POST',
      API,
      '/v2/verifications/{id}/actions/verify',
      (state, exchange) => {
        const found = verifications.get(state.account, exchange.params['id'] ?? '');
        return found === undefined ? notFound() : check(services, found, exchange);
      },
    ],
    [
      'POST',
      API,
      BY_NUMBER,
      (state, exchange) => {
        const profile = text(readJson(exchange) ?? {}, 'verify_profile_id') ?? '';
        const found = verifications.pending(state.account, profile, exchange.params['number'] ?? '');
        return found === undefined ? notFound() : check(services, found, exchange);
      },
    ],
  ];
}

function start(
  { world }: TelnyxServices,
  { account }: TelnyxState,
  { exchange, kind }: { readonly exchange: Exchange; readonly kind: string },
): Reply {
  const request = readJson(exchange) ?? {};
  const to = text(request, 'phone_number') ?? '';
  const profile = text(request, 'verify_profile_id') ?? '';
  if (!PHONE.test(to)) return invalid('phone_number', 'The phone number is not valid');
  if (profile === '') return invalid('verify_profile_id', 'The verify profile is missing');
  const item = ITEMS[kind] ?? 'verify.start/sms';
  const id = world.ids.linkedUuid(world.bill.length);
  const code = text(request, 'custom_code') ?? null;
  const verification = world.verifications.start({ id, account, service: profile, to, channel: kind, code });
  world.verifications.charge(verification, { item, address: to });
  return json(200, { data: view(verification) });
}

function check({ world }: TelnyxServices, verification: Verification, exchange: Exchange): Reply {
  const code = text(readJson(exchange) ?? {}, 'code') ?? '';
  const accepted = world.verifications.check(verification, code) === 'approved';
  return json(200, {
    data: { phone_number: verification.to, response_code: accepted ? 'accepted' : 'rejected' },
  });
}

function view({ id, to, channel, service, status, createdAt, updatedAt }: Verification): unknown {
  return {
    id,
    record_type: 'verification',
    type: channel,
    phone_number: to,
    verify_profile_id: service,
    status: status === 'approved' ? 'accepted' : status,
    timeout_secs: 600,
    custom_code: null,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  };
}
