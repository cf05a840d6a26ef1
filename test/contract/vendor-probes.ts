import type { Intent } from '../../src/intent/intent.ts';
import { plan } from '../../src/vendors/shared/wire-fixture.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import type { Operation, WireRequest } from '../../src/vendors/wire.ts';
import { requestFor } from './vendor-fixtures.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const NUMBER = '+15005550006';

const form = (text: string): readonly [string, string] => [FORM, text];
const json = (value: object): readonly [string, string] => [JSON_TYPE, JSON.stringify(value)];

/** Plausible requests, of which an adapter understands one for every operation that has a meaning of its own. */
const PROBES: readonly (readonly [type: string, body: string])[] = [
  form(''),
  form('To=%2B15005550006&From=%2B15005550001&Channel=sms&Body=x&PhoneNumber=%2B15005550006&Code=1'),
  form('to=15005550006&from=x&text=x'),
  form('number=15005550006&brand=x&payee=x&amount=1'),
  form('request_id=x&cmd=cancel'),
  form('request_id=x&cmd=trigger_next_event'),
  form('country=US&msisdn=15005550006'),
  json({ phone_numbers: [{ phone_number: NUMBER }] }),
  json({ to: NUMBER, from: '+15005550001', text: 'x', phone_number: NUMBER, type: 'x' }),
  json({ message_type: 'text', channel: 'sms', to: '15005550006', from: 'x', text: 'x' }),
  json({
    to: [{ type: 'phone', number: '15005550006' }],
    from: { type: 'phone', number: '15005550001' },
    ncco: [],
  }),
  json({ brand: 'x', workflow: [{ channel: 'sms', to: '15005550006' }] }),
  json({ action: 'transfer', destination: { type: 'ncco', url: ['https://x.example'] } }),
  json({ action: 'hangup' }),
  json({ sessionId: 'x', token: 'x', sip: { uri: 'sip:a@b.example' } }),
  json({ sip_address: 'sip:a@b.example' }),
  json({ ordering_groups: [{ country_iso: 'US', count_requested: '1', phone_number_type: 'local' }] }),
  json({ quantity: 1, channels: 1, range: 1, amount: '1', amount_usd: '1' }),
  json({
    type: 'message',
    to: NUMBER,
    telnyx_conversation_channel: 'sms_chat',
    telnyx_end_user_target: NUMBER,
  }),
  json({ sip_trunk_id: 'x', sip_call_to: NUMBER, room_name: 'x' }),
  json({ participant_identity: 'x', room_name: 'x', transfer_to: 'tel:+15005550006' }),
  json({ phone_numbers: [NUMBER] }),
  json({ whatsapp_to_phone_number: NUMBER, room_name: 'x' }),
  form('Url=https%3A%2F%2Fx.example'),
  form('archiveMode=always'),
  json({ channel: { type: 'phone', to: { type: 'phone', number: '15005550006' } } }),
  json({ text: 'x', premium: true }),
  json({ agents: [{ agent_name: 'x' }] }),
  json({ agents: [{ agent_name: 'x' }], egress: {}, whatsapp_to_phone_number: NUMBER }),
  json({ call_control_id_to_bridge_with: 'x', record: 'record-from-answer' }),
];

export interface ProbeReading {
  readonly request: WireRequest;
  readonly intent: Intent;
}

/** The plausible requests that the adapter understands, and what it takes them for. */
export function readingsOf(vendor: Vendor, operation: Operation): readonly ProbeReading[] {
  const bare = requestFor(operation, vendor);
  const inBody = operation.method !== 'GET' && operation.method !== 'DELETE';
  return PROBES.flatMap(([type, body]) => {
    const request = inBody
      ? { ...bare, headers: { 'content-type': type }, body: Buffer.from(body) }
      : { ...bare, query: body.startsWith('{') ? '' : body };
    const reading = vendor.readIntent(operation, request, plan);
    return reading.kind === 'intent' ? [{ request, intent: reading.intent }] : [];
  });
}
