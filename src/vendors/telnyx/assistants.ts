import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { fieldOf, isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import { asObject, listOf, optionalText, requireText } from '../shared/fields.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { destinationOf } from './calls.ts';

/** Tools by which an assistant dials; their targets stand below the same name. */
const DIALS = /^(?:transfer|invite|refer)$/i;

/**
 * Adds the destinations that an assistant in the request may call. Assistants stored at the vendor are not known here. A
 * destination must be a number or SIP address, not a variable: throws `Unreadable`.
 */
export function withCalled(details: IntentDetails, body: JsonObject, plan: NumberingPlan): IntentDetails {
  const called = targetsIn(fieldOf(body, 'assistant') ?? null).map((target) => addressOf(target, plan));
  return called.length === 0
    ? details
    : { ...details, destinations: [...(details.destinations ?? []), ...called] };
}

function targetsIn(value: JsonValue): readonly JsonObject[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(targetsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    DIALS.test(name) && isJsonObject(inner) ? targetsOf(inner) : targetsIn(inner),
  );
}

function targetsOf(tool: JsonObject): readonly JsonObject[] {
  const targets = listOf(tool, 'targets').map((one) => asObject(one, 'targets'));
  if (targets.length === 0) throw new Unreadable('`targets` must list whom the assistant may call.');
  return targets;
}

function addressOf(target: JsonObject, plan: NumberingPlan): Destination {
  const name = optionalText(target, 'sip_address') === null ? 'to' : 'sip_address';
  return destinationOf(requireText(target, name), `targets.${name}`, plan);
}
