import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  EgressClient,
  EncodedFileOutput,
  RoomServiceClient,
  SipClient,
  type ServerError,
} from 'livekit-server-sdk';
import Telnyx from 'telnyx';
import { formatMicros, parseMicros } from '../../src/kernel/money.ts';
import { startSandbox, telnyxClient } from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

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
    const limited = await client.calls.dial({ ...dialled, time_limit_secs: 10 });
    const cut = await client.calls.dial({ ...dialled, command_id: 'c1' });
    const again = await client.calls.dial({ ...dialled, command_id: 'c1' });
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
