import type { JsonObject } from '../shared/json-body.ts';
import { message, text } from './fields.ts';
import { Unreadable } from '../shared/reading.ts';

/** Headers by which a carrier tells who calls, whatever number was asked for. */
const IDENTITIES = /^(?:from|p-(?:asserted|preferred)-identity|remote-party-id)$/i;
const USER = /(?:sips?|tel):([^@;>,\s]+)/gi;

/** Senders that a callee may see in place of `sipNumber`: those in the From header, and in headers that carriers prefer to it. */
export function furtherCallers(body: JsonObject): readonly string[] {
  const from = message(body, 'sipFromHeader') ?? {};
  const user = text(message(from, 'values') ?? {}, 'user');
  const raw = text(from, 'raw');
  const headers = Object.entries(message(body, 'headers') ?? {}).flatMap(([name, value]) =>
    IDENTITIES.test(name.trim()) ? callersIn(value) : [],
  );
  return [...(user === null ? [] : [user]), ...(raw === null ? [] : callersIn(raw)), ...headers];
}

/** Users of all addresses in a header. Without any address the text itself, so that a list of allowed senders does not match it. */
function callersIn(value: unknown): readonly string[] {
  if (typeof value !== 'string') throw new Unreadable('`headers` must hold texts.');
  const users = [...value.matchAll(USER)].map(([, user = '']) => user);
  return users.length > 0 ? users : [value];
}
