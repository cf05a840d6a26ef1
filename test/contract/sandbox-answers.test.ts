import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { EgressClient, EncodedFileOutput, RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { startSandbox, telnyxClient } from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

async function livekit(context: TestContext) {
  const running = await startSandbox(context);
  const { credentials } = running.sandbox.accounts.create({ vendor: 'livekit' });
  const { apiKey = '', apiSecret = '', sipTrunkId = '' } = credentials;
  return { ...running, sipTrunkId, login: [running.origin, apiKey, apiSecret] as const };
}

describe('the sandbox answers with what the types of LiveKit’s SDK promise', () => {
  it('keeps what a participant was given, and changes only what an update names', async (context) => {
    const { login, sandbox, sipTrunkId } = await livekit(context);
    const rooms = new RoomServiceClient(...login);
    await new SipClient(...login).createSipParticipant(sipTrunkId, TO, 'r1', {
      participantIdentity: 'p',
      participantMetadata: 'm',
      participantAttributes: { tier: 'gold', old: 'x' },
      maxCallDuration: 60,
    });
    await sandbox.advance(5000);
    const joined = await rooms.getParticipant('r1', 'p');
    assert.deepEqual([joined.metadata, joined.attributes['tier']], ['m', 'gold']);
    assert.match(joined.attributes['sip.callID'] ?? '', /^SCL_/);
    const changed = await rooms.updateParticipant('r1', 'p', {
      name: 'n',
      attributes: { seat: '1', old: '' },
      permission: { canPublish: false, canSubscribe: true },
    });
    assert.deepEqual([changed.name, changed.metadata], ['n', 'm']);
    const { seat, tier, old } = changed.attributes;
    assert.deepEqual([seat, tier, old], ['1', 'gold', undefined]);
    assert.deepEqual([changed.permission?.canPublish, changed.permission?.canSubscribe], [false, true]);
    const track = await rooms.mutePublishedTrack('r1', 'p', 'TR_x', true);
    assert.deepEqual([track.sid, track.muted], ['TR_x', true]);
  });

  it('lists the recordings that still run, if they are asked for', async (context) => {
    const { login } = await livekit(context);
    const egress = new EgressClient(...login);
    const output = { file: new EncodedFileOutput({ filepath: 'x.mp4' }) };
    const [first, second] = await Promise.all([
      egress.startRoomCompositeEgress('r1', output),
      egress.startRoomCompositeEgress('r1', output),
    ]);
    await egress.stopEgress(first.egressId);
    const running = await egress.listEgress({ roomName: 'r1', active: true });
    assert.deepEqual(
      running.map(({ egressId }) => egressId),
      [second.egressId],
    );
    assert.equal((await egress.listEgress({ roomName: 'r1' })).length, 2);
  });

  it('lists the trunks that are asked for', async (context) => {
    const { login, sipTrunkId } = await livekit(context);
    const sip = new SipClient(...login);
    const made = await sip.createSipInboundTrunk('in', [FROM]);
    await sip.createSipInboundTrunk('other', ['+15005550198']);
    const ids = async (asked: Parameters<SipClient['listSipInboundTrunk']>[0]) =>
      (await sip.listSipInboundTrunk(asked)).map((trunk) => trunk.sipTrunkId);
    assert.deepEqual(await ids({ trunkIds: [made.sipTrunkId] }), [made.sipTrunkId]);
    assert.deepEqual(await ids({ numbers: [FROM] }), [made.sipTrunkId]);
    assert.equal((await sip.listSipOutboundTrunk({ trunkIds: [sipTrunkId] })).length, 1);
  });
});

describe('the sandbox answers with what the types of Telnyx’ SDK promise', () => {
  it('names the recording of a call that is recorded', async (context) => {
    const { origin, sandbox } = await startSandbox(context);
    const { credentials } = sandbox.accounts.create({ vendor: 'telnyx' });
    const client = telnyxClient(origin, credentials);
    const call = { to: TO, from: FROM, connection_id: '1' };
    const { data } = await client.calls.dial({ ...call, record: 'record-from-answer' });
    assert.match(data?.recording_id ?? '', /^[0-9a-f-]{36}$/);
    assert.equal((await client.calls.dial(call)).data?.recording_id, undefined);
  });
});
