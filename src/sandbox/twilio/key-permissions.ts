import type { Exchange, Reply } from '../core.ts';
import { isObject } from '../fields.ts';
import type { Admission } from './admissions.ts';
import { twilioError } from './errors.ts';

/** What only main keys and auth tokens reach: accounts and keys. */
const OWNERS_ONLY = /^\/2010-04-01\/Accounts(?:\.json|\/AC[^/]+\.json|\/AC[^/]+\/(?:Signing)?Keys\b)/;
const OWNERS_HOSTS = new Set(['iam.twilio.com', 'accounts.twilio.com']);

/** Resources that a restricted key can be given, by host and path. */
const RESOURCES: readonly (readonly [host: string, path: RegExp, name: string])[] = [
  ['api.twilio.com', /\/Messages\b/, '/twilio/messaging/messages'],
  ['api.twilio.com', /\/Calls\b/, '/twilio/voice/calls'],
  ['verify.twilio.com', /\/Services\b/, '/twilio/verify/services'],
  ['messaging.twilio.com', /\/Services\b/, '/twilio/messaging/services'],
];

/** Why an API key may not do this; null when it may, or when no key asks. */
export function refuseKey({ state, name }: Admission, exchange: Exchange): Reply | null {
  const key = state.keys.get(name.replace('apiKey ', ''));
  if (key === undefined || key.kind === 'main') return null;
  const { host, path, method } = exchange;
  const isOwners = OWNERS_ONLY.test(path) || OWNERS_HOSTS.has(host);
  if (key.kind === 'standard') return isOwners ? twilioError(401, 20003) : null;
  const resource = RESOURCES.find(([there, form]) => there === host && form.test(path))?.[2];
  const action = method === 'GET' ? 'read' : 'create';
  const isAllowed = !isOwners && resource !== undefined && key.allow.includes(`${resource}/${action}`);
  return isAllowed ? null : twilioError(403, 20403, 'Forbidden');
}

/** Permissions of a policy such as `{"allow": ["/twilio/messaging/messages/read"]}`. */
export function readAllowed(policy: string | undefined): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(policy ?? '');
    const allow = isObject(parsed) ? parsed['allow'] : undefined;
    return Array.isArray(allow) ? allow.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
