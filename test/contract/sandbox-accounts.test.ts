import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { SipClient } from 'livekit-server-sdk';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { startSandbox, telnyxClient, twilioClient, vonageClient } from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

describe('further sides of the sandbox', () => {
  it('gives a bearer token for Twilio OAuth credentials, for an hour', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const {
      accountSid,
      oauthClientId = '',
      oauthClientSecret = '',
    } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const ask = (secret: string) =>
      fetch(`${origin}/_host/oauth.twilio.com/v2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: oauthClientId,
          client_secret: secret,
        }),
      });
    assert.equal((await ask('wrong')).status, 401);
    const { access_token } = (await (await ask(oauthClientSecret)).json()) as { access_token: string };
    const url = `${origin}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Balance.json`;
    const read = async () =>
      (await fetch(url, { headers: { authorization: `Bearer ${access_token}` } })).status;
    assert.equal(await read(), 200);
    await sandbox.advance(3_601_000);
    assert.equal(await read(), 401);
  });

  it('takes tokens of a Vonage application that another sandbox made, as after a restart', async (context) => {
    const first = await startSandbox(context);
    const { publicKey: _, ...kept } = first.sandbox.accounts.create({ vendor: 'vonage' }).credentials;
    const second = await startSandbox(context);
    second.sandbox.accounts.create({ vendor: 'vonage', credentials: kept });
    const { applicationId = '', privateKey = '' } = kept;
    const client = vonageClient(second.origin, { applicationId, privateKey });
    assert.equal((await client.voice.search({})).count, 0);
  });

  it('keeps Twilio templates and tells prices by country', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    const types = { 'twilio/text': { body: 'Hello' } };
    const made = await client.content.v1.contents.create({
      friendlyName: 't',
      language: 'en',
      types,
    } as never);
    assert.deepEqual((await client.content.v1.contents(made.sid).fetch()).types, types);
    await client.content.v1.contents(made.sid).remove();
    assert.deepEqual(await client.content.v1.contents.list(), []);
    const { outboundSmsPrices } = await client.pricing.v1.messaging.countries('DE').fetch();
    assert.match(JSON.stringify(outboundSmsPrices), /"current_price":"0.1000"/);
    assert.match((await client.tokens.create()).password, /^[0-9a-f]{43}$/);
  });

  it('suspends a Twilio subaccount', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const client = twilioClient(origin, accountSid, authToken);
    const child = await client.api.v2010.accounts.create();
    await client.api.v2010.accounts(child.sid).update({ status: 'suspended' });
    const own = twilioClient(origin, child.sid, child.authToken);
    await assert.rejects(own.messages.create({ to: TO, from: FROM, body: 'x' }), {
      status: 403,
      code: 20005,
    });
  });

  it('records a Vonage call, reports it to the customer and gives the file', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'vonage' });
    const client = vonageClient(origin, credentials);
    await client.voice.createOutboundCall({
      to: [{ type: 'phone', number: '15005550106' }],
      from: { type: 'phone', number: '15005550199' },
      ncco: [{ action: 'record', endOnSilence: '3' }],
    } as never);
    await sandbox.advance(60_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['call.recording', 'call.create/voice'],
    );
    const id = sandbox.bill.rows({})[0]?.resource;
    const authorization = await client.voice['auth'].createBearerHeader();
    const file = await fetch(`${origin}/_host/api.nexmo.com/v1/files/${id}`, { headers: { authorization } });
    assert.equal((await file.arrayBuffer()).byteLength, 3 * 16_000 + 44);
  });

  it('lets a Vonage application change its key: tokens of the old one die', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'vonage' });
    const client = vonageClient(origin, credentials);
    const search = () => client.voice.search({});
    assert.equal((await search()).count, 0);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const application = await client.applications.getApplication(credentials['applicationId'] ?? '');
    await client.applications.updateApplication({ ...application, keys: { publicKey: pem } });
    await assert.rejects(search());
    const fresh = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    assert.equal(
      (await vonageClient(origin, { ...credentials, privateKey: fresh }).voice.search({})).count,
      0,
    );
  });

  it('continues a Vonage verification by itself and charges the next channel', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'vonage' });
    const workflow = [
      { channel: 'sms', to: '15005550106' },
      { channel: 'voice', to: '15005550106' },
    ];
    await vonageClient(origin, credentials).verify2.newRequest({
      brand: 'B',
      workflow,
      channelTimeout: 60,
    } as never);
    await sandbox.advance(59_000);
    assert.equal(sandbox.bill.length, 1);
    await sandbox.advance(600_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['verify.start/sms', 'verify.start/voice'],
    );
  });

  it('transfers a Telnyx call to a second, charged leg', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'telnyx' });
    const client = telnyxClient(origin, credentials);
    const { data } = await client.calls.dial({ to: TO, from: FROM, connection_id: '1' });
    await sandbox.advance(5000);
    await client.calls.actions.transfer(data?.call_control_id ?? '', { to: '+18765550100' });
    await sandbox.advance(120_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item, amount }) => [item, amount]),
      [
        ['call.leg', 312_000],
        ['call.create/voice', 8_400],
      ],
    );
  });

  it('charges every recipient of a Telnyx group message, and shows the secret of a managed account', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'telnyx' });
    const client = telnyxClient(origin, credentials);
    const { data } = await client.messages.sendGroupMms({
      to: [TO, '+15005550107'],
      from: FROM,
      media_urls: ['https://x.example/a'],
    });
    assert.equal(sandbox.bill.length, 2);
    assert.equal(data?.cost?.amount, '0.0288');
    const child = await client.managedAccounts.create({ business_name: 'b' });
    const managed = telnyxClient(origin, { ...credentials, apiKey: child.data?.api_key ?? '' });
    assert.equal((await managed.balance.retrieve()).data?.balance, '1000000.0000');
  });

  it('waits for a LiveKit phone, tells that it is busy, and transfers it', async (context) => {
    const { sandbox, origin } = await startSandbox(context);
    const {
      apiKey = '',
      apiSecret = '',
      sipTrunkId = '',
    } = sandbox.accounts.create({ vendor: 'livekit' }).credentials;
    const sip = new SipClient(origin, apiKey, apiSecret);
    sandbox.outcomes.set('+15005550107', 'busy');
    sandbox.settings.talkSeconds = 600;
    const dial = (to: string) =>
      sip.createSipParticipant(sipTrunkId, to, 'r1', { participantIdentity: to, waitUntilAnswered: true });
    const pending = [dial(TO), dial('+15005550107')];
    const [answered, busy] = await advanceUntil(sandbox, Promise.allSettled(pending));
    assert.equal(answered?.status, 'fulfilled');
    assert.match(String(busy?.status === 'rejected' && busy.reason), /486/);
    await sip.transferSipParticipant('r1', TO, 'tel:+18765550100');
    await sandbox.advance(1_200_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['call.leg', 'call.create/voice'],
    );
  });
});

/** Time moves while something is awaited. */
async function advanceUntil<T>(sandbox: Sandbox, awaited: Promise<T>): Promise<T> {
  const pause = () => new Promise<null>((resolve) => setImmediate(resolve, null));
  while ((await Promise.race([awaited.then(() => true), pause()])) === null) await sandbox.advance(100);
  return awaited;
}
