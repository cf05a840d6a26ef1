import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { isJsonObject, type JsonObject } from '../shared/json-body.ts';
import { createNameCheck, exactField, objectOf, optionalText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import { hostAddress } from '../shared/urls.ts';
import type { Operation } from '../wire.ts';

const FIELD = 'call_forwarding';
const TO = 'forwards_to';
const checkVoice = createNameCheck(['voice']);
const checkNames = createNameCheck([FIELD, TO]);

/** Voice settings of a number: who is called instead is a destination, as the account pays for that leg. */
export function readForwarding(body: JsonObject, plan: NumberingPlan): IntentDetails {
  return { destinations: forwardedTo(body, plan), parameters: parametersOf(body) };
}

/** The same settings in a job for many numbers, which takes its filters in the query. */
export function bulkForwardedTo(given: JsonObject, plan: NumberingPlan): readonly Destination[] {
  checkVoice(given);
  if (Object.keys(given).some((name) => name.startsWith('voice[')))
    throw new Unreadable('`voice` stands in the body.');
  return forwardedTo(objectOf(given, 'voice') ?? {}, plan);
}

function forwardedTo(body: JsonObject, plan: NumberingPlan): readonly Destination[] {
  checkNames(body);
  const forwarding = objectOf(body, FIELD) ?? {};
  checkNames(forwarding);
  const to = optionalText(forwarding, TO) ?? '';
  return to === '' ? [] : [phoneOf(to, `${FIELD}.${TO}`, plan)];
}

/** Fields within which requests name hosts (not URLs) that calls, recordings or logs are sent to. */
const PLACES = ['configuration', 'external_uac_settings'];
const HOSTS = ['host', 'fqdn', 'ip_address', 'endpoint', 'proxy', 'outbound_proxy'];

/** Hosts that connections, connectors and stores lead to, as URLs. */
export function ledTo(given: JsonObject, { effects }: Operation): readonly string[] {
  if (!effects.includes('routing')) return [];
  const places = [given, ...PLACES.map((name) => exactField(given, name)).filter(isJsonObject)];
  const hosts = places.flatMap((place) => HOSTS.map((name) => exactField(place, name)));
  return hosts
    .filter((host): host is string => typeof host === 'string' && host !== '' && !host.includes('//'))
    .map(hostAddress);
}
