import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import {
  createNameCheck,
  type IntentDetails,
  objectOf,
  optionalText,
  parametersOf,
  phoneOf,
  Unreadable,
} from '../shared/reading.ts';

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
