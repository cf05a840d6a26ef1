import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  EgressClient,
  EncodedFileOutput,
  RoomServiceClient,
  SipClient,
  ServerError,
} from 'livekit-server-sdk';
import Telnyx from 'telnyx';
import { formatMicros, parseMicros } from '../../src/kernel/money.ts';
import { startSandbox, telnyxClient, twilioClient, vonageClient } from './sandbox-clients.ts';

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
    assert.equal(settled.price as unknown, '-0.01600');
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
    const prices = records.map(({ price }) => parseMicros(String(price).replace('-', '')) ?? Number.NaN);
    const sum = prices.reduce((total, price) => total + price, 0);
    assert.equal(sum, sandbox.bill.totals()[0]?.amount);
    assert.ok(sandbox.bill.rows({}).every(({ final }) => final));
  });
});

describe('the sandbox speaks Vonage', () => {
  async function start(context: TestContext) {
    const running = await startSandbox(context);
    const { credentials } = running.sandbox.accounts.create({ vendor: 'vonage' });
    return { ...running, credentials, client: vonageClient(running.origin, credentials) };
  }

  it('sends SMS with the price in the answer', async (context) => {
    const { client, sandbox } = await start(context);
    const { messages } = await client.sms.send({
      to: '15005550106',
      from: 'Ringfence',
      text: 'x'.repeat(200),
    });
    assert.equal(messages.length, 2);
    assert.equal(messages[0]?.messagePrice, '0.00720000');
    assert.deepEqual(
      sandbox.bill.totals().map(({ currency, amount }) => [currency, amount]),
      [['EUR', 14_400]],
    );
  });

  it('says no to an SMS with HTTP 200 and a status', async (context) => {
    const { client, origin, credentials } = await start(context);
    const failure = (status: string) => (error: { getFailedMessages(): { status: string }[] }) =>
      error.getFailedMessages()[0]?.status === status;
    await assert.rejects(client.sms.send({ to: '1', from: 'R', text: 'x' }), failure('3'));
    const virtual = vonageClient(origin, { ...credentials, apiSecret: 'rfv00000000000000000000000000000' });
    await assert.rejects(virtual.sms.send({ to: '15005550106', from: 'R', text: 'x' }), failure('4'));
  });

  it('takes SMS as form, query and GET, with secret or signature', async (context) => {
    const { origin, credentials, sandbox } = await start(context);
    const { apiKey = '', apiSecret = '' } = credentials;
    const parameters = new URLSearchParams({
      api_key: apiKey,
      api_secret: apiSecret,
      to: '15005550106',
      from: 'R',
      text: 'x',
    });
    const url = `${origin}/_host/rest.nexmo.com/sms/json`;
    for (const response of [
      await fetch(url, { method: 'POST', body: parameters }),
      await fetch(`${url}?${parameters}`),
    ]) {
      const { messages } = (await response.json()) as { messages: { status: string }[] };
      assert.equal(messages[0]?.status, '0');
    }
    assert.equal(sandbox.bill.length, 2);
  });

  it('sends with the Messages API, signed by the application', async (context) => {
    const { client, sandbox } = await start(context);
    const message = {
      messageType: 'text',
      channel: 'sms',
      to: '15005550106',
      from: '15005550199',
      text: 'hi',
    } as const;
    const { messageUUID } = await client.messages.send(message as never);
    assert.equal(sandbox.bill.rows({})[0]?.resource, messageUUID);
    assert.match(sandbox.requests.list()[0]?.credential ?? '', /^application /);
  });

  it('calls with an NCCO, honours the length timer and bills the connected leg', async (context) => {
    const { client, sandbox } = await start(context);
    const ncco = [
      { action: 'talk', text: 'Hello' },
      { action: 'connect', endpoint: [{ type: 'phone', number: '18765550100' }] },
    ];
    const { uuid } = await client.voice.createOutboundCall({
      to: [{ type: 'phone', number: '15005550106' }],
      from: { type: 'phone', number: '15005550199' },
      ncco,
      lengthTimer: 10,
    } as never);
    await sandbox.advance(120_000);
    const call = await client.voice.getCall(uuid);
    assert.equal(call.status, 'completed');
    assert.equal(call.duration, '10');
    assert.equal(call.price, '0.01260000');
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['call.leg', 'call.create/voice'],
    );
  });

  it('pages through calls', async (context) => {
    const { client } = await start(context);
    for (let index = 0; index < 5; index++)
      await client.voice.createOutboundCall({
        to: [{ type: 'phone', number: `1500555010${index}` }],
        from: { type: 'phone', number: '15005550199' },
        ncco: [{ action: 'talk', text: 'x' }],
      } as never);
    const seen: string[] = [];
    for await (const { uuid } of client.voice.getAllCalls({ pageSize: 2 } as never)) seen.push(uuid);
    assert.equal(new Set(seen).size, 5);
  });

  it('verifies in both versions and charges each step of a workflow', async (context) => {
    const { client, sandbox } = await start(context);
    const { requestId } = await client.verify.start({ number: '15005550106', brand: 'B' });
    assert.equal((await client.verify.check(requestId, '000000')).status, '16');
    assert.equal((await client.verify.check(requestId, '550106')).status, '0');
    const workflow = [
      { channel: 'sms', to: '15005550107' },
      { channel: 'voice', to: '15005550107' },
    ];
    const second = await client.verify2.newRequest({ brand: 'B', workflow } as never);
    assert.equal(await client.verify2.nextWorkflow(second.requestId), true);
    await assert.rejects(client.verify2.checkCode(second.requestId, '000000'), /400/);
    assert.equal(await client.verify2.checkCode(second.requestId, '550107'), 'completed');
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['verify.start/sms', 'verify.start/sms', 'verify.start/voice'],
    );
  });

  it('answers insight, numbers, balance, prices, secrets and reports', async (context) => {
    const { client, sandbox, credentials } = await start(context);
    assert.equal((await client.numberInsights.standardLookup('15005550106')).status, 0);
    const offers = await client.numbers.getAvailableNumbers({ country: 'US', size: 1 } as never);
    const msisdn = offers.numbers?.[0]?.msisdn ?? '';
    assert.equal((await client.numbers.buyNumber({ country: 'US', msisdn })).errorCode, '200');
    assert.equal((await client.numbers.getOwnedNumbers()).count, 1);
    assert.ok((await client.accounts.getBalance()).value < 1_000_000);
    assert.equal(
      (await client.pricing.listCountryPricing('sms' as never, 'GB')).defaultPrice as unknown,
      '0.04500000',
    );
    const { apiKey = '' } = credentials;
    const secret = await client.secrets.createSecret(apiKey, 'Abcdefgh1');
    await client.secrets.deleteSecret(apiKey, secret.id);
    const { messages } = await client.sms.send({ to: '15005550106', from: 'R', text: 'x' });
    const report = await client.reports.getRecords({
      product: 'SMS',
      accountId: apiKey,
      direction: 'outbound',
    } as never);
    const [record] = report.records as unknown as { messageId: string; totalPrice: string }[];
    assert.equal(record?.messageId, messages[0]?.messageId);
    assert.equal(parseMicros(record?.totalPrice ?? ''), sandbox.bill.rows({}).at(-1)?.amount);
  });

  it('refuses a token of another key', async (context) => {
    const { sandbox, origin, credentials } = await start(context);
    const other = sandbox.accounts.create({ vendor: 'vonage' }).credentials;
    const forged = vonageClient(origin, { ...credentials, privateKey: other['privateKey'] ?? '' });
    await assert.rejects(
      forged.voice.getCall('x'),
      (error: { response?: { status: number } }) => error.response?.status === 401,
    );
  });
});

describe('the sandbox speaks Telnyx', () => {
  async function start(context: TestContext) {
    const running = await startSandbox(context);
    const { credentials } = running.sandbox.accounts.create({ vendor: 'telnyx' });
    return { ...running, credentials, client: telnyxClient(running.origin, credentials) };
  }

  it('sends, with the cost in the answer, and lists rated records page by page', async (context) => {
    const { client, sandbox } = await start(context);
    for (let index = 0; index < 5; index++) {
      const { data } = await client.messages.send({ to: TO, from: FROM, text: 'x' });
      assert.deepEqual(data?.cost, { amount: '0.0048', currency: 'USD' });
    }
    await sandbox.advance(2000);
    const costs: string[] = [];
    for await (const record of client.detailRecords.list({
      filter: { record_type: 'messaging' },
      page_size: 2,
    } as never))
      costs.push((record as { cost?: string }).cost ?? '');
    assert.equal(costs.length, 5);
    const sum = costs.reduce((total, cost) => total + (parseMicros(cost) ?? Number.NaN), 0);
    assert.equal(sum, sandbox.bill.totals()[0]?.amount);
  });

  it('raises the exceptions of the SDK', async (context) => {
    const { client, origin, credentials } = await start(context);
    await assert.rejects(
      client.messages.send({ to: '12', from: FROM, text: 'x' }),
      Telnyx.UnprocessableEntityError,
    );
    await assert.rejects(
      client.messages.retrieve('00000000-0000-4000-8000-000000000000'),
      Telnyx.NotFoundError,
    );
    const virtual = telnyxClient(origin, { ...credentials, apiKey: 'rfv00000000000000000000000000000' });
    await assert.rejects(virtual.balance.retrieve(), Telnyx.AuthenticationError);
  });

  it('calls, obeys the time limit and hangs up on command', async (context) => {
    const { client, sandbox } = await start(context);
    const dialled = { to: TO, from: FROM, connection_id: '1' };
    const limited = await client.calls.dial({ ...dialled, time_limit_secs: 10 } as never);
    const cut = await client.calls.dial({ ...dialled, command_id: 'c1' } as never);
    const again = await client.calls.dial({ ...dialled, command_id: 'c1' } as never);
    assert.equal(again.data?.call_control_id, cut.data?.call_control_id);
    await sandbox.advance(5000);
    await client.calls.actions.hangup(cut.data?.call_control_id ?? '', {});
    await sandbox.advance(60_000);
    const status = await client.calls.retrieveStatus(limited.data?.call_control_id ?? '');
    assert.equal((status.data as { call_duration?: number } | undefined)?.call_duration, 10);
    assert.equal(sandbox.bill.length, 2);
  });

  it('verifies, looks up, orders numbers and tells the balance', async (context) => {
    const { client, sandbox, credentials } = await start(context);
    const verify_profile_id = credentials['verifyProfileId'] ?? '';
    await client.verifications.triggerSMS({ phone_number: TO, verify_profile_id });
    const checked = await client.verifications.byPhoneNumber.actions.verify(TO, {
      code: '550106',
      verify_profile_id,
    });
    assert.equal(checked.data.response_code, 'accepted');
    const found = await client.numberLookup.retrieve(TO, { type: 'carrier' });
    assert.equal(found.data?.carrier?.name, 'Sandbox Mobile');
    const order = await client.numberOrders.create({ phone_numbers: [{ phone_number: '+12125550000' }] });
    assert.equal(order.data?.status, 'success');
    const { data } = await client.balance.retrieve();
    const spent = 1_000_000_000_000 - (parseMicros(data?.balance ?? '') ?? 0);
    assert.equal(spent, sandbox.bill.totals()[0]?.amount);
    assert.equal(formatMicros(sandbox.prices.price('telnyx', 'lookup/carrier', null).amount), '0.003');
  });
});

describe('the sandbox speaks LiveKit', () => {
  async function start(context: TestContext) {
    const running = await startSandbox(context);
    const { credentials } = running.sandbox.accounts.create({ vendor: 'livekit' });
    const { apiKey = '', apiSecret = '' } = credentials;
    const login = [running.origin, apiKey, apiSecret] as const;
    return { ...running, credentials, login };
  }

  it('makes, lists and deletes rooms', async (context) => {
    const { login } = await start(context);
    const rooms = new RoomServiceClient(...login);
    const made = await rooms.createRoom({ name: 'r1', emptyTimeout: 60 });
    assert.match(made.sid, /^RM_/);
    assert.deepEqual(
      (await rooms.listRooms()).map(({ name }) => name),
      ['r1'],
    );
    await rooms.deleteRoom('r1');
    assert.deepEqual(await rooms.listRooms(), []);
  });

  it('dials a phone, obeys the longest duration and charges by the minute', async (context) => {
    const { login, sandbox, credentials } = await start(context);
    const sip = new SipClient(...login);
    const trunk = credentials['sipTrunkId'] ?? '';
    const info = await sip.createSipParticipant(trunk, TO, 'r1', {
      participantIdentity: 'phone',
      maxCallDuration: 15,
    });
    assert.match(info.sipCallId, /^SCL_/);
    await sandbox.advance(5000);
    const rooms = new RoomServiceClient(...login);
    assert.deepEqual(
      (await rooms.listParticipants('r1')).map(({ identity }) => identity),
      ['phone'],
    );
    await sandbox.advance(60_000);
    assert.deepEqual(await rooms.listParticipants('r1'), []);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item, units }) => [item, units]),
      [['call.create/voice', 1]],
    );
  });

  it('records a room and charges when it stops', async (context) => {
    const { login, sandbox } = await start(context);
    const egress = new EgressClient(...login);
    const output = { file: new EncodedFileOutput({ filepath: 'x.mp4' }) };
    const { egressId } = await egress.startRoomCompositeEgress('r1', output);
    await sandbox.advance(61_000);
    await egress.stopEgress(egressId);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item, units }) => [item, units]),
      [['recording.start', 2]],
    );
    assert.equal((await egress.listEgress())[0]?.egressId, egressId);
  });

  it('refuses a wrong secret and an unknown trunk', async (context) => {
    const { login } = await start(context);
    const [origin, apiKey] = login;
    const virtual = new RoomServiceClient(origin, apiKey, 'rfv00000000000000000000000000000');
    await assert.rejects(
      virtual.listRooms(),
      (error: ServerError) => error.status === 401 && error.code === 'unauthenticated',
    );
    const sip = new SipClient(...login);
    await assert.rejects(
      sip.createSipParticipant('ST_none', TO, 'r1'),
      (error: ServerError) => error.code === 'not_found',
    );
  });
});
