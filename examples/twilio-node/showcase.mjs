// The vendor's own SDK, unmodified, with a virtual key. Environment: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as
// `ringfence keys create` printed them, GATEWAY_URL, and three numbers to write to.
import twilio from 'twilio';

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, GATEWAY_URL, ALLOWED_TO, REFUSED_TO, FROM } = process.env;
// A 429 of the gateway was not sent on: the money of a budget, say, may be a moment late on a slow machine.
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { autoRetry: true });
client.api.baseUrl = `${GATEWAY_URL}/api.twilio.com`;

const send = (to) => client.messages.create({ to, from: FROM, body: 'Hello through the gateway' });
const explain = (error) => `${error.constructor.name} ${error.status}/${error.code}: ${error.message}`;

const message = await send(ALLOWED_TO);
console.log(`sent      ${message.sid} (${message.status})`);

await send(REFUSED_TO).then(
  () => console.log('refused   NOT refused, although the policy forbids it'),
  (error) => console.log(`refused   ${explain(error)}`),
);

for (let sent = 1; sent < 100; sent++) {
  try {
    await send(ALLOWED_TO);
  } catch (error) {
    console.log(`budget    ${sent} messages, then ${explain(error)}`);
    break;
  }
}
