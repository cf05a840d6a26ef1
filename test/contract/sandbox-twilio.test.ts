import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseMicros } from '../../src/kernel/money.ts';
import { startSandbox, twilioClient } from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

describe('the sandbox speaks Twilio', () => {
  async function start(context: TestContext) {
    const running = await startSandbox(context);
    const { credentials } = running.sandbox.accounts.create({ vendor: 'twilio' });
    const { accountSid = '', authToken = '' } = credentials;
    return { ...running, credentials, client: twilioClient(running.origin, accountSid, authToken) };
  }

  it('sends a message whose price is known later', async (context) => {
    const { client, sandbox } = await start(context);
    const sent = await client.messages.create({ to: TO, from: FROM, body: 'x'.repeat(161) });
    assert.equal(sent.status, 'queued');
    assert.equal(sent.numSegments, '2');
    assert.equal(sent.price, null);
    await sandbox.advance(300);
    assert.equal((await client.messages(sent.sid).fetch()).status, 'sent');
    await sandbox.advance(2000);
    const settled = await client.messages(sent.sid).fetch();
    assert.equal(settled.status, 'delivered');
    assert.equal(settled.price, '-0.01600');
    assert.equal(settled.priceUnit, 'USD');
  });

  it('refuses bad parameters with the codes of the vendor', async (context) => {
    const { client } = await start(context);
    const refused = (parameters: object, status: number, code: number) =>
      assert.rejects(client.messages.create(parameters as never), { status, code });
    await refused({ to: '123', from: FROM, body: 'x' }, 400, 21211);
    await refused({ to: '', from: FROM, body: 'x' }, 400, 21604);
    await refused({ to: TO, body: 'x' }, 400, 21603);
    await refused({ to: TO, from: FROM }, 400, 21602);
    await refused({ to: '+15005550004', from: FROM, body: 'x' }, 400, 21610);
    await assert.rejects(client.messages('SM00000000000000000000000000000000').fetch(), {
      status: 404,
      code: 20404,
    });
  });

  it('refuses every credential but the real ones', async (context) => {
    const { origin, credentials } = await start(context);
    const { accountSid = '', apiKeySid = '', apiKeySecret = '' } = credentials;
    const virtual = twilioClient(origin, accountSid, 'rfv00000000000000000000000000000');
    await assert.rejects(virtual.messages.list(), { status: 401, code: 20003 });
    const withKey = twilioClient(origin, apiKeySid, apiKeySecret, accountSid);
    assert.deepEqual(await withKey.messages.list(), []);
  });

  it('lists with filters, page by page, newest first', async (context) => {
    const { client } = await start(context);
    for (let index = 0; index < 7; index++)
      await client.messages.create({
        to: index % 2 === 0 ? TO : '+4915112345678',
        from: FROM,
        body: `${index}`,
      });
    const bodies = (await client.messages.list({ pageSize: 3 })).map(({ body }) => body);
    assert.deepEqual(bodies, ['6', '5', '4', '3', '2', '1', '0']);
    const filtered = await client.messages.list({ to: TO, pageSize: 2 });
    assert.deepEqual(
      filtered.map(({ body }) => body),
      ['6', '4', '2', '0'],
    );
    const future = await client.messages.list({ dateSentAfter: new Date(Date.now() + 86_400_000) });
    assert.deepEqual(future, []);
  });

  it('follows absolute next-page links of the newer APIs', async (context) => {
    const { client } = await start(context);
    for (let index = 0; index < 4; index++)
      await client.verify.v2.services.create({ friendlyName: `s${index}` });
    const names = (await client.verify.v2.services.list({ pageSize: 2 })).map(
      ({ friendlyName }) => friendlyName,
    );
    assert.deepEqual(names, ['s3', 's2', 's1', 's0', 'Sandbox']);
  });

  it('verifies a phone with the code that the control API shows', async (context) => {
    const { client, sandbox, credentials } = await start(context);
    const service = client.verify.v2.services(credentials['verifyServiceSid'] ?? '');
    const started = await service.verifications.create({ to: TO, channel: 'sms' });
    assert.equal(started.status, 'pending');
    const code = sandbox.verifications().at(-1)?.code ?? '';
    const wrong = await service.verificationChecks.create({ to: TO, code: '000000' });
    assert.equal(wrong.valid, false);
    const right = await service.verificationChecks.create({ to: TO, code });
    assert.equal(right.status, 'approved');
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['verify.start/sms', 'verify.check'],
    );
    await assert.rejects(service.verificationChecks.create({ to: TO, code }), { status: 404 });
  });

  it('charges a look-up by its packages', async (context) => {
    const { client, sandbox } = await start(context);
    await client.lookups.v2.phoneNumbers(TO).fetch();
    assert.equal(sandbox.bill.length, 0);
    const found = await client.lookups.v2
      .phoneNumbers(TO)
      .fetch({ fields: 'line_type_intelligence,caller_name' });
    assert.equal((found.lineTypeIntelligence as { type?: string }).type, 'mobile');
    assert.equal(sandbox.bill.length, 2);
  });

  it('calls, interprets TwiML with a second leg, and ends at the time limit', async (context) => {
    const { client, sandbox } = await start(context);
    const twiml = '<Response><Say>Hello</Say><Dial>+18765550100</Dial></Response>';
    const call = await client.calls.create({ to: TO, from: FROM, twiml, timeLimit: 20 });
    assert.equal(call.status, 'queued');
    await sandbox.advance(600_000);
    const ended = await client.calls(call.sid).fetch();
    assert.equal(ended.status, 'completed');
    assert.equal(ended.duration, '20');
    const legs = await client.calls.list({ parentCallSid: call.sid });
    assert.equal(legs.length, 1);
    assert.equal(legs[0]?.duration, '18');
    const items = sandbox.bill.rows({}).map(({ item, units, amount }) => [item, units, amount]);
    assert.deepEqual(items, [
      ['call.leg', 1, 520_000],
      ['call.create/voice', 1, 14_000],
    ]);
  });

  it('rents and releases a number', async (context) => {
    const { client, sandbox } = await start(context);
    const [offer] = await client.availablePhoneNumbers('US').local.list({ areaCode: 212, limit: 1 });
    const bought = await client.incomingPhoneNumbers.create({ phoneNumber: offer?.phoneNumber ?? '' });
    await assert.rejects(client.incomingPhoneNumbers.create({ phoneNumber: bought.phoneNumber }), {
      code: 21422,
    });
    await sandbox.advance(31 * 86_400_000);
    assert.equal(sandbox.bill.length, 2);
    await client.incomingPhoneNumbers(bought.sid).remove();
    await sandbox.advance(31 * 86_400_000);
    assert.equal(sandbox.bill.length, 2);
    assert.deepEqual(await client.incomingPhoneNumbers.list(), []);
  });

  it('makes and revokes API keys, and rotates the auth token', async (context) => {
    const { client, origin, credentials } = await start(context);
    const { accountSid = '', authToken = '' } = credentials;
    const key = await client.newKeys.create({ friendlyName: 'ci' });
    const withKey = twilioClient(origin, key.sid, key.secret, accountSid);
    await withKey.messages.list();
    await client.keys(key.sid).remove();
    await assert.rejects(withKey.messages.list(), { status: 401 });
    const { secondaryAuthToken } = await client.accounts.v1.secondaryAuthToken().create();
    const second = twilioClient(origin, accountSid, secondaryAuthToken);
    await second.accounts.v1.authTokenPromotion().update();
    await assert.rejects(client.messages.list(), { status: 401 });
    assert.equal((await second.api.v2010.accounts(accountSid).fetch()).authToken, secondaryAuthToken);
    assert.notEqual(secondaryAuthToken, authToken);
  });

  it('counts usage and balance', async (context) => {
    const { client } = await start(context);
    await client.messages.create({ to: TO, from: FROM, body: 'x' });
    const [line] = await client.usage.records.list({ category: 'sms-outbound' });
    assert.equal(line?.count, '1');
    assert.equal(String(line?.price), '0.00800');
    assert.equal((await client.balance.fetch()).balance, '999999.99200');
  });

  it('gives recordings, also large ones', async (context) => {
    const { client, sandbox, origin, credentials } = await start(context);
    sandbox.settings.recordingBytesPerSecond = 1_000_000;
    const call = await client.calls.create({
      to: TO,
      from: FROM,
      twiml: '<Response><Pause length="20"/></Response>',
      record: true,
    });
    await sandbox.advance(60_000);
    const [recording] = await client.recordings.list({ callSid: call.sid });
    assert.equal(recording?.duration, '20');
    const { accountSid = '', authToken = '' } = credentials;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const url = `${origin}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recording?.sid}.wav`;
    const media = await fetch(url, { headers: { authorization } });
    assert.equal((await media.arrayBuffer()).byteLength, 20_000_044);
  });

  it('charges what the SDK sees as prices, to the last micro', async (context) => {
    const { client, sandbox } = await start(context);
    for (let index = 0; index < 20; index++)
      await client.messages.create({
        to: `+4915112345${100 + index}`,
        from: FROM,
        body: 'ü€'.repeat(10 + index),
      });
    for (const seconds of [1, 59, 60, 61, 200])
      await client.calls.create({
        to: TO,
        from: FROM,
        twiml: `<Response><Pause length="${seconds}"/></Response>`,
      });
    await sandbox.advance(600_000);
    const records = [...(await client.messages.list()), ...(await client.calls.list())];
    const prices = records.map(({ price }) => parseMicros(price.replace('-', '')) ?? Number.NaN);
    const sum = prices.reduce((total, price) => total + price, 0);
    assert.equal(sum, sandbox.bill.totals()[0]?.amount);
    assert.ok(sandbox.bill.rows({}).every(({ final }) => final));
  });
});
