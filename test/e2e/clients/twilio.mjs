import twilio from 'twilio';
import { ALLOWED, FROM, GATEWAY, IDS, PARTS, REFUSED, step } from './report.mjs';

const client = twilio(PARTS.accountSid, PARTS.authToken);
if (GATEWAY !== '')
  for (const product of ['api', 'verify', 'lookups'])
    client[product].baseUrl = `${GATEWAY}/${product}.twilio.com`;
const verify = client.verify.v2.services(IDS.verifyServiceSid);
const twiml = '<Response><Say>Hello</Say></Response>';

await step('send', async () => (await client.messages.create({ to: ALLOWED, from: FROM, body: 'x' })).status);
await step('call', async () => (await client.calls.create({ to: ALLOWED, from: FROM, twiml })).status);
await step('verify', async () => (await verify.verifications.create({ to: ALLOWED, channel: 'sms' })).status);
await step(
  'check',
  async () => (await verify.verificationChecks.create({ to: ALLOWED, code: ALLOWED.slice(-6) })).status,
);
await step('lookup', async () => (await client.lookups.v2.phoneNumbers(ALLOWED).fetch()).countryCode);
await step(
  'send again',
  async () => (await client.messages.create({ to: ALLOWED, from: FROM, body: 'y' })).status,
);
await step('list', async () =>
  (await client.messages.list({ pageSize: 1, limit: 2 })).map(({ body }) => body).join(),
);
await step('refused message', () => client.messages.create({ to: REFUSED, from: FROM, body: 'x' }));
await step('refused call', () => client.calls.create({ to: REFUSED, from: FROM, twiml }));
await step('refused verification', () => verify.verifications.create({ to: REFUSED, channel: 'sms' }));
await step('wrong key', () => {
  const other = twilio(PARTS.accountSid, 'f'.repeat(32));
  if (GATEWAY !== '') other.api.baseUrl = `${GATEWAY}/api.twilio.com`;
  return other.messages.list({ limit: 1 });
});
