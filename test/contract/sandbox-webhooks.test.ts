import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { verifySignature } from '@vonage/jwt';
import { SipClient, WebhookReceiver } from 'livekit-server-sdk';
import twilio from 'twilio';
import {
  startCustomer,
  startSandbox,
  telnyxClient,
  twilioClient,
  vonageClient,
  type ReceivedHook,
} from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

const form = ({ body }: ReceivedHook) => Object.fromEntries(new URLSearchParams(body));

describe('webhooks of the sandbox', () => {
  it('pass the validator of the Twilio SDK, and no other token does', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context);
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    const statusCallback = `${customer.origin}/status?app=1`;
    await client.messages.create({ to: TO, from: FROM, body: 'x', statusCallback });
    await sandbox.advance(2000);
    assert.deepEqual(
      customer.received.map((hook) => form(hook)['MessageStatus']),
      ['sent', 'delivered'],
    );
    for (const hook of customer.received) {
      const signature = String(hook.headers['x-twilio-signature']);
      assert.ok(twilio.validateRequest(authToken, signature, statusCallback, form(hook)));
      assert.ok(!twilio.validateRequest('another', signature, statusCallback, form(hook)));
    }
  });

  it('ask a Twilio customer for instructions and report the chosen call events', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context, ({ url }) =>
      url === '/voice'
        ? { body: '<Response><Redirect>PLACE/next</Redirect></Response>'.replace('PLACE', customerOrigin()) }
        : { body: '<Response><Pause length="7"/></Response>' },
    );
    function customerOrigin() {
      return customer.origin;
    }
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    const { sid } = await client.calls.create({
      to: TO,
      from: FROM,
      url: `${customer.origin}/voice`,
      statusCallback: `${customer.origin}/events`,
      statusCallbackEvent: ['ringing', 'answered', 'completed'],
    });
    await sandbox.advance(60_000);
    const paths = customer.received.map(({ url }) => url);
    assert.deepEqual(paths.toSorted(), ['/events', '/events', '/events', '/next', '/voice']);
    assert.equal((await client.calls(sid).fetch()).duration, '7');
  });

  it('are signed by Vonage over the payload, with a secret that its SDK verifies', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'vonage' });
    const client = vonageClient(origin, credentials);
    const webhookUrl = `${customer.origin}/status`;
    const message = {
      messageType: 'text',
      channel: 'sms',
      to: '15005550106',
      from: '1',
      text: 'x',
      webhookUrl,
    };
    await client.messages.send(message);
    await sandbox.advance(2000);
    assert.deepEqual(
      customer.received.map(({ body }) => (JSON.parse(body) as { status: string }).status),
      ['submitted', 'delivered'],
    );
    for (const { headers, body } of customer.received) {
      const token = (headers.authorization ?? '').replace('Bearer ', '');
      assert.ok(verifySignature(token, credentials['signatureSecret'] ?? ''));
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        string
      >;
      assert.equal(claims['payload_hash'], createHash('sha256').update(body).digest('hex'));
      assert.equal(claims['api_key'], credentials['apiKey']);
    }
  });

  it('carry the signature parameter of the Vonage SMS API', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'vonage' });
    const client = vonageClient(origin, credentials);
    await client.sms.send({ to: '15005550106', from: 'R', text: 'x', callback: `${customer.origin}/dlr` });
    await sandbox.advance(2000);
    const parameters = JSON.parse(customer.received[0]?.body ?? '{}') as Record<string, string>;
    assert.equal(parameters['status'], 'delivered');
    const { sig = '', ...rest } = parameters;
    assert.ok(
      client.sms.verifySignature(sig, rest, credentials['signatureSecret'] ?? '', 'SHA256HMAC' as never),
    );
  });

  it('pass the verification of the Telnyx SDK', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'telnyx' });
    const client = telnyxClient(origin, credentials);
    await client.messages.send({ to: TO, from: FROM, text: 'x', webhook_url: `${customer.origin}/t` });
    await sandbox.advance(2000);
    const events: string[] = [];
    for (const { body, headers } of customer.received) {
      const event = await client.webhooks.unwrap(body, { headers: headers as Record<string, string> });
      events.push((event as { data: { event_type: string } }).data.event_type);
    }
    assert.deepEqual(events, ['message.sent', 'message.finalized']);
    const [first] = customer.received;
    await assert.rejects(
      client.webhooks.unwrap(`${first?.body} `, { headers: first?.headers as Record<string, string> }),
    );
  });

  it('pass the receiver of the LiveKit SDK', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context);
    const webhookUrl = `${customer.origin}/lk`;
    const {
      apiKey = '',
      apiSecret = '',
      sipTrunkId = '',
    } = sandbox.accounts.create({ vendor: 'livekit', credentials: { webhookUrl } }).credentials;
    await new SipClient(origin, apiKey, apiSecret).createSipParticipant(sipTrunkId, TO, 'r1');
    await sandbox.advance(60_000);
    const receiver = new WebhookReceiver(apiKey, apiSecret);
    const events: string[] = [];
    for (const { body, headers } of customer.received)
      events.push((await receiver.receive(body, headers.authorization, false, '2m')).event);
    assert.deepEqual(events, ['room_started', 'participant_joined', 'participant_left']);
  });

  it('are sent again while they are refused, by vendors that do so', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    let refusals = 2;
    const customer = await startCustomer(context, () => (refusals-- > 0 ? { status: 500 } : {}));
    const { credentials } = sandbox.accounts.create({ vendor: 'telnyx' });
    await telnyxClient(origin, credentials).calls.dial({
      to: TO,
      from: FROM,
      connection_id: '1',
      webhook_url: `${customer.origin}/t`,
    });
    await sandbox.advance(900);
    await sandbox.advance(60_000);
    const initiated = customer.received.filter(({ body }) => body.includes('call.initiated'));
    assert.equal(initiated.length, 2);
    const states = new Set(
      customer.received.map(
        ({ body }) => (JSON.parse(body) as { data: { payload: { state: string } } }).data.payload.state,
      ),
    );
    for (const state of ['bridging', 'answered', 'hangup']) assert.ok(states.has(state), state);
    assert.deepEqual(
      sandbox
        .webhooks()
        .map(({ status }) => status)
        .slice(0, 2),
      [500, 500],
    );
    assert.ok(sandbox.webhooks().some(({ attempt, status }) => attempt > 1 && status === 200));
  });

  it('never leave this machine', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    for (const statusCallback of [
      'http://192.0.2.1/x',
      'http://127.0.0.1.example.com/x',
      'ftp://127.0.0.1/x',
    ])
      await client.messages.create({ to: TO, from: FROM, body: 'x', statusCallback });
    await sandbox.advance(5000);
    assert.deepEqual(
      sandbox.webhooks().map(({ status }) => status),
      Array(6).fill(null),
    );
  });

  it('bring inbound messages, and send what the customer answers', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const customer = await startCustomer(context, () => ({
      body: '<Response><Message>Thanks &amp; bye</Message></Response>',
    }));
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    const { phoneNumber } = await client.incomingPhoneNumbers.create({
      areaCode: '212',
      smsUrl: `${customer.origin}/sms`,
    });
    await sandbox.inbound({
      vendor: 'twilio',
      account: accountSid,
      kind: 'message',
      from: TO,
      to: phoneNumber,
      text: 'Hello',
    });
    assert.equal(form(customer.received[0] as ReceivedHook)['Body'], 'Hello');
    const [reply] = await client.messages.list({ from: phoneNumber });
    assert.deepEqual([reply?.body, reply?.to, reply?.direction], ['Thanks & bye', TO, 'outbound-reply']);
  });

  it('bring inbound calls whose dialled leg is charged', async (context) => {
    const { sandbox } = await startSandbox(context);
    const customer = await startCustomer(context, () => ({
      body: '<Response><Dial timeLimit="5">+18765550100</Dial></Response>',
    }));
    const { accountSid = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    await sandbox.inbound({
      vendor: 'twilio',
      account: accountSid,
      kind: 'call',
      from: TO,
      to: FROM,
      url: `${customer.origin}/v`,
    });
    await sandbox.advance(60_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item, amount }) => [item, amount]),
      [['call.leg', 520_000]],
    );
  });
});
