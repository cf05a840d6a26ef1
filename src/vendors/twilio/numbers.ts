import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { EXAMPLE_NUMBER } from '../../kernel/phone.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import { callbacksOf, type Parameters, textParameter } from './parameters.ts';

/** `POST …/IncomingPhoneNumbers[/Local|/Mobile|/TollFree].json`: a number that is paid for every month. */
export function readNumberPurchase(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const number = textParameter(parameters, 'PhoneNumber');
  const bought = number === null ? null : phoneOf(number, 'PhoneNumber', plan);
  if (bought !== null && textParameter(parameters, 'AreaCode') !== null)
    throw new Unreadable('Give `PhoneNumber` or `AreaCode`, not both.');
  return {
    action: 'number.buy',
    destinations: bought === null ? [] : [bought],
    country: bought === null ? countryOf(parameters, plan) : (bought.phone?.country ?? null),
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** An area code is one of the North American plan; any subscriber number in it tells the country. */
function countryOf(parameters: Parameters, plan: NumberingPlan): string | null {
  const areaCode = textParameter(parameters, 'AreaCode');
  if (areaCode === null || !/^[2-9]\d{2}$/.test(areaCode))
    throw new Unreadable(
      `\`PhoneNumber\` must be a number such as ${EXAMPLE_NUMBER}, or \`AreaCode\` three digits.`,
    );
  return plan.facts(`+1${areaCode}5550123`).country;
}
