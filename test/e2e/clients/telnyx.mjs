import Telnyx from 'telnyx';
import { ALLOWED, FROM, GATEWAY, IDS, PARTS, REFUSED, step } from './report.mjs';

const place = GATEWAY === '' ? {} : { baseURL: `${GATEWAY}/api.telnyx.com/v2` };
const client = new Telnyx({ ...PARTS, ...place });
const verify_profile_id = IDS.verifyProfileId;
const call = (to) => ({ to, from: FROM, connection_id: '1', time_limit_secs: 60 });

await step(
  'send',
  async () => typeof (await client.messages.send({ to: ALLOWED, from: FROM, text: 'x' })).data.id,
);
await step('call', async () => typeof (await client.calls.dial(call(ALLOWED))).data.call_control_id);
await step(
  'verify',
  async () =>
    typeof (await client.verifications.triggerSMS({ phone_number: ALLOWED, verify_profile_id })).data.id,
);
await step('check', async () => {
  const code = ALLOWED.slice(-6);
  const { data } = await client.verifications.byPhoneNumber.actions.verify(ALLOWED, {
    code,
    verify_profile_id,
  });
  return data.response_code;
});
await step(
  'lookup',
  async () => (await client.numberLookup.retrieve(ALLOWED, { type: 'carrier' })).data.carrier.name,
);
await step('list', async () => {
  await client.messages.send({ to: ALLOWED, from: FROM, text: 'y' });
  let count = 0;
  for await (const one of client.detailRecords.list({ filter: { record_type: 'messaging' }, page_size: 1 }))
    count += one.cost === undefined ? 0 : 1;
  return count >= 0;
});
await step('refused message', () => client.messages.send({ to: REFUSED, from: FROM, text: 'x' }));
await step('refused call', () => client.calls.dial(call(REFUSED)));
await step('refused verification', () =>
  client.verifications.triggerSMS({ phone_number: REFUSED, verify_profile_id }),
);
await step('wrong key', () => new Telnyx({ apiKey: `KEY${'f'.repeat(32)}`, ...place }).balance.retrieve());
