import { Vonage } from '@vonage/server-sdk';
import { ALLOWED, FROM, GATEWAY, PARTS, REFUSED, step } from './report.mjs';

const hosts = { apiHost: `${GATEWAY}/api.nexmo.com`, restHost: `${GATEWAY}/rest.nexmo.com` };
const client = new Vonage(PARTS, GATEWAY === '' ? undefined : hosts);
const digits = (number) => number.slice(1);
const message = (to) => ({
  messageType: 'text',
  channel: 'sms',
  to: digits(to),
  from: digits(FROM),
  text: 'x',
});
const call = (to) => ({
  to: [{ type: 'phone', number: digits(to) }],
  from: { type: 'phone', number: digits(FROM) },
  ncco: [{ action: 'talk', text: 'Hello' }],
  lengthTimer: 60,
});
const workflow = (to) => ({ brand: 'B', workflow: [{ channel: 'sms', to: digits(to) }] });
let request = '';

await step('sms', async () => {
  const { messages } = await client.sms.send({ to: digits(ALLOWED), from: 'R', text: 'x' });
  return messages[0].status;
});
await step('send', async () => typeof (await client.messages.send(message(ALLOWED))).messageUUID);
await step('call', async () => (await client.voice.createOutboundCall(call(ALLOWED))).status);
await step('verify', async () => {
  request = (await client.verify2.newRequest(workflow(ALLOWED))).requestId;
  return typeof request;
});
await step('check', () => client.verify2.checkCode(request, ALLOWED.slice(-6)));
await step('lookup', async () => (await client.numberInsights.standardLookup(digits(ALLOWED))).status);
await step('list', async () => (await client.voice.search({})).count > 0);
await step('refused sms', () => client.sms.send({ to: digits(REFUSED), from: 'R', text: 'x' }));
await step('refused message', () => client.messages.send(message(REFUSED)));
await step('refused call', () => client.voice.createOutboundCall(call(REFUSED)));
await step('refused verification', () => client.verify2.newRequest(workflow(REFUSED)));
await step('wrong key', () => {
  const other = new Vonage({ ...PARTS, apiSecret: 'f'.repeat(16) }, GATEWAY === '' ? undefined : hosts);
  return other.sms.send({ to: digits(ALLOWED), from: 'R', text: 'x' });
});
