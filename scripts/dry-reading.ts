import type { Action } from '../src/intent/intent.ts';
import type { NumberingPlan } from '../src/kernel/numbering/facts.ts';
import type { Vendor } from '../src/vendors/vendor.ts';
import type { Operation, WireRequest } from '../src/vendors/wire.ts';

type Parameters = Readonly<Record<string, unknown>>;

const PHONE = '+15005550006';
const DIGITS = '15005550006';

/** Made-up parameters, each just enough for some operations to be read. They are tried in this order; the first that fit decide. */
const CANDIDATES: readonly Parameters[] = [
  {},
  { To: PHONE, Channel: 'sms' },
  { PhoneNumber: PHONE },
  { to: PHONE, from: PHONE, text: 'hi' },
  { to: [PHONE, PHONE], from: PHONE, text: 'hi' },
  { to: DIGITS, from: DIGITS, text: 'hi', channel: 'sms', message_type: 'text' },
  { to: DIGITS, from: DIGITS, text: 'hi', channel: 'sms', message_type: 'text', action: 'hangup' },
  { to: [{ type: 'phone', number: DIGITS }], ncco: [] },
  { number: DIGITS, country: 'US', msisdn: DIGITS, cmd: 'cancel', brand: 'x', payee: 'x', amount: '1' },
  { workflow: [{ channel: 'sms', to: DIGITS }], brand: 'x' },
  { phone_number: PHONE },
  { phone_number: DIGITS },
  { phone_numbers: [{ phone_number: PHONE }] },
  { phoneNumbers: [PHONE] },
  { sip: { uri: 'sip:user@example.com' } },
  { sip_address: 'sip:user@example.com' },
  { sipCallTo: PHONE },
  { transferTo: `tel:${PHONE}` },
  { whatsappToPhoneNumber: PHONE },
  { ordering_groups: [{ count_requested: 1, country_iso: 'US' }] },
  { quantity: 1, channels: 1, range: 1, amount: '1', amount_usd: '1' },
];

const PLAN: NumberingPlan = {
  facts: () => ({
    country: 'US',
    lineType: 'unknown',
    premium: false,
    satellite: false,
    operator: null,
    valid: true,
  }),
};

/** The action that an adapter gives an operation, found by reading made-up requests; null when none can be read. */
export function actionOf(vendor: Vendor, operation: Operation): Action | null {
  for (const parameters of CANDIDATES)
    for (const request of requestsOf(operation, parameters)) {
      const reading = vendor.readIntent(operation, request, PLAN);
      if (reading.kind === 'intent') return reading.intent.action;
    }
  return null;
}

function requestsOf({ method, host, path }: Operation, parameters: Parameters): readonly WireRequest[] {
  const place = path.replaceAll(/\{([^}]*)\}/g, (_all, name: string) =>
    /number/i.test(name) ? PHONE : 'one',
  );
  const bare: WireRequest = {
    method,
    host,
    path: place,
    segments: place.split('/').slice(1),
    query: '',
    headers: {},
    body: Buffer.alloc(0),
  };
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) pairs.set(key, String(value));
  const form = withBody(bare, 'application/x-www-form-urlencoded', pairs.toString());
  return [
    { ...bare, query: pairs.toString() },
    form,
    withBody(bare, 'application/json', JSON.stringify(parameters)),
  ];
}

function withBody(request: WireRequest, type: string, text: string): WireRequest {
  return { ...request, headers: { 'content-type': type }, body: Buffer.from(text) };
}
