import { isJsonObject, type JsonObject } from '../shared/json-body.ts';
import type { JwtClaims } from '../shared/jwt.ts';

/** What a call needs; `room` and `destinationRoom` are copied, because the server compares them with the request. */
interface Need {
  readonly video?: 'roomCreate' | 'roomList' | 'roomAdmin' | 'roomRecord' | 'ingressAdmin';
  readonly sip?: 'admin' | 'call';
}

export type Grants = Readonly<Record<string, JsonObject>>;

const ROOM_ADMIN: Need = { video: 'roomAdmin' };
const SERVICES: Readonly<Record<string, Need>> = {
  RoomService: ROOM_ADMIN,
  AgentDispatchService: ROOM_ADMIN,
  Egress: { video: 'roomRecord' },
  Ingress: { video: 'ingressAdmin' },
  Connector: { video: 'roomCreate' },
  SIP: { sip: 'admin' },
  PhoneNumberService: { sip: 'admin' },
};
const METHODS: Readonly<Record<string, Need>> = {
  'RoomService.CreateRoom': { video: 'roomCreate' },
  'RoomService.DeleteRoom': { video: 'roomCreate' },
  'RoomService.ListRooms': { video: 'roomList' },
  'SIP.CreateSIPParticipant': { sip: 'call' },
  'SIP.TransferSIPParticipant': { video: 'roomAdmin', sip: 'call' },
};
/** Claims that give rights at the server API. For services without an entry above they are passed on as the app's token has them. */
const SERVER_CLAIMS = ['video', 'sip', 'agent', 'inference', 'observability'];

/** What the call `Service.Method` needs; null: not known. */
function needOf(call: string): Need | null {
  const service = call.split('.')[0] ?? '';
  if (Object.hasOwn(METHODS, call)) return METHODS[call] ?? null;
  return Object.hasOwn(SERVICES, service) ? (SERVICES[service] ?? null) : null;
}

/** The first grant that `call` needs and the claims do not give, or null. Only the JSON value `true` grants. */
export function missingGrant(call: string, claims: JwtClaims): string | null {
  const need = needOf(call);
  if (need === null) return null;
  const { video, sip } = claims;
  if (need.video !== undefined && !(isJsonObject(video) && video[need.video] === true))
    return `video.${need.video}`;
  if (need.video === 'roomAdmin' && !(isJsonObject(video) && isRoom(video['room']))) return 'video.room';
  if (need.sip !== undefined && !(isJsonObject(sip) && sip[need.sip] === true)) return `sip.${need.sip}`;
  return null;
}

/** The least grants for `call` that the claims also give. Ask `missingGrant` before. */
export function leastGrants(call: string, claims: JwtClaims): Grants {
  const need = needOf(call);
  if (need === null) return serverGrants(claims);
  return {
    ...(need.video === undefined ? {} : { video: { [need.video]: true, ...roomsOf(need, claims['video']) } }),
    ...(need.sip === undefined ? {} : { sip: { [need.sip]: true } }),
  };
}

/** All that `call` needs, for a request of our own. */
export function fullGrants(call: string): Grants {
  return leastGrants(call, {});
}

function roomsOf(need: Need, video: unknown): JsonObject {
  if (need.video !== 'roomAdmin' || !isJsonObject(video)) return {};
  const rooms: Record<string, string> = {};
  for (const name of ['room', 'destinationRoom']) {
    const room = video[name];
    if (isRoom(room)) rooms[name] = room;
  }
  return rooms;
}

function isRoom(room: unknown): room is string {
  return typeof room === 'string' && room !== '';
}

function serverGrants(claims: JwtClaims): Grants {
  const grants: Record<string, JsonObject> = {};
  for (const name of SERVER_CLAIMS) {
    const grant = claims[name];
    if (isJsonObject(grant)) grants[name] = grant;
  }
  return grants;
}
