import type { PhoneCall } from '../calls.ts';
import { itemLimit, type Account, type World } from '../core.ts';
import type { Fields } from '../fields.ts';
import { createLog, type Log } from '../log.ts';
import type { TwilioMessage } from './message.ts';

/** What the vendor keeps about one (sub)account. */
export interface TwilioState {
  readonly account: Account;
  readonly parent: TwilioState | null;
  friendlyName: string;
  status: 'active' | 'suspended' | 'closed';
  authToken: string;
  secondaryToken: string | null;
  readonly keys: Map<string, ApiKey>;
  readonly messages: Log<TwilioMessage>;
  readonly calls: Log<PhoneCall>;
  readonly attempts: Log<VerificationAttempt>;
  /** Plain resources by path of their collection. */
  readonly documents: Map<string, Log<Document>>;
}

export interface ApiKey {
  readonly sid: string;
  readonly secret: string;
  friendlyName: string;
  readonly createdAt: number;
  readonly kind: KeyKind;
  /** Permissions of a restricted key, such as `/twilio/messaging/messages/read`. */
  readonly allow: readonly string[];
}

/** Main keys may do everything, standard ones all but keys and accounts, restricted ones what they were given. */
export type KeyKind = 'main' | 'standard' | 'restricted';

/** A resource without behaviour: what was set is what is shown. */
export interface Document {
  readonly sid: string;
  readonly createdAt: number;
  updatedAt: number;
  values: Readonly<Record<string, unknown>>;
}

export interface VerificationAttempt {
  readonly sid: string;
  readonly verification: string;
  readonly service: string;
  readonly to: string;
  readonly channel: string;
  readonly price: string;
  readonly createdAt: number;
  /** From when on the price is told. */
  readonly pricedAt: number;
}

export interface TwilioServices {
  readonly world: World;
  readonly states: Map<string, TwilioState>;
  /** Accepts a credential from now on. */
  admit(state: TwilioState, name: string, user: string, password: string): void;
  withdraw(user: string, password: string): void;
  openAccount(parent: TwilioState | null, request: OpenRequest): TwilioState;
}

export interface OpenRequest {
  readonly friendlyName: string;
  readonly currency: string;
  readonly sid?: string | undefined;
  readonly authToken?: string | undefined;
}

export function newState(world: World, parent: TwilioState | null, request: OpenRequest): TwilioState {
  const sid = request.sid ?? world.ids.sid('AC');
  const limit = () => itemLimit(world.settings);
  return {
    account: world.open('twilio', sid, request.currency),
    parent,
    friendlyName: request.friendlyName,
    status: 'active',
    authToken: request.authToken ?? world.ids.hex(32),
    secondaryToken: null,
    keys: new Map(),
    messages: createLog<TwilioMessage>(({ sid: id }) => id, limit),
    calls: createLog<PhoneCall>(({ id }) => id, limit),
    attempts: createLog<VerificationAttempt>(({ sid: id }) => id, limit),
    documents: new Map(),
  };
}

export const API_VERSION = '2010-04-01';

/** `Thu, 24 Aug 2023 05:01:45 +0000`, as the 2010 API prints times. Remembers the latest: most are of one second. */
export function rfc2822(time: number): string {
  const second = Math.floor(time / 1000);
  const known = printed.get(second);
  if (known !== undefined) return known;
  const text = new Date(time).toUTCString().replace('GMT', '+0000');
  if (printed.size >= REMEMBERED) printed.clear();
  printed.set(second, text);
  return text;
}

const REMEMBERED = 100;
const printed = new Map<number, string>();

/** `2023-08-24T05:01:45Z`, as the newer APIs print them. */
export function iso(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Filter by `Name`, `Name<`, `Name>` with a date or a time. Null: no such parameter. */
export function timeFilter(fields: Fields, name: string): ((time: number) => boolean) | null {
  const exact = fields.get(name);
  const least = timeOf(fields.get(`${name}>`) ?? fields.get(`${name}After`));
  const most = timeOf(fields.get(`${name}<`) ?? fields.get(`${name}Before`));
  if (exact === undefined && least === null && most === null) return null;
  return (time) =>
    (exact === undefined || new Date(time).toISOString().startsWith(exact.slice(0, 10))) &&
    (least === null || time >= least) &&
    (most === null || time <= most);
}

function timeOf(text: string | undefined): number | null {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
