import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import { createNameCheck, optionalText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import type { IntentDetails } from '../shared/reading.ts';
import { barePhoneOf, sipOf } from '../shared/recipients.ts';
import type { Operation } from '../wire.ts';

/** Hosts at which the vendor takes a SIP user for a number to dial. */
const DIALS_OUT = /(^|\.)(nexmo|vonage)\.com$/;
const TYPE = 'voiceCallbackType';
const VALUE = 'voiceCallbackValue';
const checkForwarding = createNameCheck([TYPE, VALUE]);

/** `POST /number/update`: its calls may be passed on to a telephone or SIP address, and the account pays for that leg. */
export function readNumberUpdate(
  body: JsonObject,
  { effects }: Operation,
  plan: NumberingPlan,
): IntentDetails {
  checkForwarding(body);
  const parameters = parametersOf(body);
  const value = (optionalText(body, VALUE) ?? '').trim();
  const type = optionalText(body, TYPE)?.trim().toLowerCase() || typeOf(value);
  if (value === '' || (type !== 'tel' && type !== 'sip')) return { parameters };
  const sip = /^sips?:/i.test(value) ? value : `sip:${value}`;
  const destination =
    type === 'tel' ? barePhoneOf(value, VALUE, plan) : sipOf(sip, VALUE, { plan, dialsOut: DIALS_OUT });
  return { effects: [...effects, 'indirect'], channel: 'voice', destinations: [destination], parameters };
}

/** Type of the forwarding target. Without one the number keeps the type that it has at the vendor: so a value that can be called counts as one. */
function typeOf(value: string): string {
  if (/^\+?\d{5,}$/.test(value)) return 'tel';
  return /^sips?:|^[^/]*@/i.test(value) ? 'sip' : '';
}
