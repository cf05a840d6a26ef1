import { createHash } from 'node:crypto';
import type { PhoneCall } from '../calls.ts';
import { json, type Account, type Exchange, type Reply, type World } from '../core.ts';
import type { JsonObject } from '../fields.ts';
import { signToken } from '../jwt.ts';
import type { Log } from '../log.ts';

export interface LiveKitState {
  readonly account: Account;
  readonly secret: string;
  /** Where the project reports events; empty: nowhere. */
  readonly webhookUrl: string;
  readonly rooms: Map<string, Room>;
  readonly egress: Log<Egress>;
  readonly trunks: Map<string, JsonObject>;
  readonly rules: Map<string, JsonObject>;
  readonly calls: Log<PhoneCall>;
}

export interface Room {
  readonly sid: string;
  readonly name: string;
  readonly createdAt: number;
  readonly emptyTimeout: number;
  readonly maxParticipants: number;
  metadata: string;
  readonly participants: Map<string, Participant>;
}

export interface Participant {
  readonly sid: string;
  readonly identity: string;
  name: string;
  readonly joinedAt: number;
  metadata: string;
  attributes: Readonly<Record<string, string>>;
  permission: JsonObject;
  /** The phone leg behind a SIP participant. */
  readonly call: PhoneCall | null;
}

export interface Egress {
  readonly id: string;
  readonly room: string;
  readonly startedAt: number;
  endedAt: number | null;
}

export interface LiveKitServices {
  readonly world: World;
  readonly states: Map<string, LiveKitState>;
}

/** Codes of Twirp and their HTTP status (https://twitchtv.github.io/twirp/docs/spec_v7.html). */
const STATUSES = {
  invalid_argument: 400,
  malformed: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  bad_route: 404,
  failed_precondition: 412,
  resource_exhausted: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type TwirpCode = keyof typeof STATUSES;

export function twirpError(code: TwirpCode, msg: string, meta?: Readonly<Record<string, string>>): Reply {
  return json(STATUSES[code], { code, msg, ...(meta === undefined ? {} : { meta }) });
}

/** A field by its protobuf-JSON name; clients may write camelCase or snake_case. */
export function field(request: JsonObject, name: string): unknown {
  return request[name] ?? request[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

export function textField(request: JsonObject, name: string): string {
  const value = field(request, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A protobuf duration such as `"90s"` in seconds; `fallback` when absent. */
export function durationField(request: JsonObject, name: string, fallback: number): number {
  const value = Number.parseFloat(textField(request, name));
  return Number.isFinite(value) && value > 0 ? value : fallback;
}

export interface LiveKitEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** Reports an event: a bare token in `Authorization` whose `sha256` claim covers the body. */
export function report({ world }: LiveKitServices, state: LiveKitState, event: LiveKitEvent): void {
  const { webhookUrl: url } = state;
  if (url === '') return;
  const id = `EV_${world.ids.alphanumeric(12)}`;
  const body = JSON.stringify({ ...event, id, createdAt: String(Math.floor(world.now() / 1000)) });
  const build = () => {
    const nbf = Math.floor(world.now() / 1000);
    const sha256 = createHash('sha256').update(body).digest('base64');
    const token = signToken({ iss: state.account.id, nbf, exp: nbf + 300, sha256 }, state.secret);
    const headers = { 'content-type': 'application/webhook+json', authorization: token };
    return { method: 'POST', url, headers, body };
  };
  world.webhooks.deliver({ label: `livekit ${event.event}`, retries: 3, build });
}

/** What a caller may do, from the grants of its token. */
export interface Grants {
  readonly video: JsonObject;
  readonly sip: JsonObject;
}

export type Rpc = (state: LiveKitState, request: JsonObject, exchange: Exchange) => Reply | Promise<Reply>;

/** One method: which grant it needs, and what it does. */
export interface Method {
  readonly allowed: (grants: Grants, request: JsonObject) => boolean;
  readonly run: Rpc;
}
