import { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { ALLOWED, GATEWAY, IDS, PARTS, REFUSED, step } from './report.mjs';

// The SDK drops the path of its host: a base URL must be a port that stands for this host alone.
const host = GATEWAY === '' ? `https://${PARTS.host}` : GATEWAY;
const rooms = new RoomServiceClient(host, PARTS.apiKey, PARTS.apiSecret);
const sip = new SipClient(host, PARTS.apiKey, PARTS.apiSecret);
const call = (to) => sip.createSipParticipant(IDS.sipTrunkId, to, 'r1', { maxCallDuration: 60 });

await step('room', async () => (await rooms.createRoom({ name: 'r1', emptyTimeout: 60 })).name);
await step('call', async () => (await call(ALLOWED)).roomName);
await step('list', async () => (await rooms.listRooms()).map(({ name }) => name).join());
await step('refused call', () => call(REFUSED));
await step('delete', () => rooms.deleteRoom('r1'));
await step('wrong key', () => new RoomServiceClient(host, PARTS.apiKey, 'f'.repeat(32)).listRooms());
