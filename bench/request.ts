import { VENDORS } from '../src/vendors/index.ts';

/** What the load consists of: one message of about 150 bytes to a vendor, and an answer of about 700. */
export interface Sample {
  readonly vendor: string;
  readonly host: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  /** nginx puts a fresh 32-digit hexadecimal id in place of `$request_id`. */
  readonly answer: string;
  readonly item: string;
  /** Sealed credential of the vendor account. As with vendors, the secret does not stand in the answer. */
  readonly account: Readonly<Record<string, string>>;
  /** The header by which an app proves its virtual secret. */
  authorization(secret: string): string;
}

const TEXT = 'Your code is 123456. It expires in ten minutes.';
const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages`;

const twilio: Sample = {
  vendor: 'twilio',
  host: 'api.twilio.com',
  path: `${MESSAGES}.json`,
  contentType: 'application/x-www-form-urlencoded',
  body: new URLSearchParams({
    To: '+4915215551234',
    From: '+4915215550000',
    Body: TEXT,
    StatusCallback: 'https://app.example/status',
  }).toString(),
  answer: JSON.stringify({
    account_sid: ACCOUNT_SID,
    api_version: '2010-04-01',
    body: TEXT,
    date_created: 'Thu, 24 Aug 2023 05:01:45 +0000',
    date_sent: null,
    date_updated: 'Thu, 24 Aug 2023 05:01:45 +0000',
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: '+4915215550000',
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: '-0.00510',
    price_unit: 'USD',
    sid: 'SM$request_id',
    status: 'queued',
    subresource_uris: { media: `${MESSAGES}/SM$request_id/Media.json` },
    to: '+4915215551234',
    uri: `${MESSAGES}/SM$request_id.json`,
  }),
  item: 'message.send/sms',
  account: { accountSid: ACCOUNT_SID, authToken: 'fedcba9876543210'.repeat(2) },
  authorization: (secret) => `Basic ${Buffer.from(`${ACCOUNT_SID}:${secret}`).toString('base64')}`,
};

const telnyx: Sample = {
  vendor: 'telnyx',
  host: 'api.telnyx.com',
  path: '/v2/messages',
  contentType: 'application/json',
  body: JSON.stringify({ to: '+4915215551234', from: '+4915215550000', text: TEXT }),
  answer: JSON.stringify({
    data: {
      record_type: 'message',
      direction: 'outbound',
      id: '$request_id',
      type: 'SMS',
      to: [{ phone_number: '+4915215551234', status: 'queued', carrier: 'x', line_type: 'Wireless' }],
      from: { phone_number: '+4915215550000' },
      text: TEXT,
      cost: { amount: '0.0051', currency: 'USD' },
      parts: 1,
      tags: ['x'.repeat(350)],
    },
  }),
  item: 'message.send/sms',
  account: { apiKey: `KEY${'0123456789ABCDEF'.repeat(2)}_abcdefghijklmnopqrstuv` },
  authorization: (secret) => `Bearer ${secret}`,
};

export const sample: Sample = VENDORS.some(({ id }) => id === twilio.vendor) ? twilio : telnyx;

/** A chat completion of the same size, for the gateway that understands nothing else. */
export const chatBody = JSON.stringify({
  model: 'model',
  messages: [{ role: 'user', content: `${TEXT} ${'x'.repeat(40)}` }],
});
