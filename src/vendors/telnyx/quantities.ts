import type { JsonObject } from '../shared/json-body.ts';
import { asObject, createNameCheck, listOf, optionalWhole, requireText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';

type Count = (body: JsonObject) => number;

/** Largest number that is read; the vendor's own limits are smaller. */
const MOST = 1_000_000;
const AMOUNT = /^\d{1,7}(?:\.\d{1,6})?$/;

/** Operations whose request says how many are ordered; each of them is a charge. */
const COUNTS: Readonly<Record<string, Count>> = {
  'simCardOrders.create': whole('quantity'),
  'actions.purchase.create': whole('amount'),
  'inboundChannels.update': whole('channels'),
  'channelZones.update': whole('channels'),
  'numberBlockOrders.create': whole('range'),
  'bundlePricing.userBundles.create': bundles,
  'actions.register.create': entries('registration_codes'),
  'simCards.actions.bulkSetPublicIPs': entries('sim_card_ids'),
  'emailValidations.batch.create': entries('emails'),
  'portingOrders.create': entries('phone_numbers'),
  'messagingHostedNumberOrders.create': entries('phone_numbers'),
  'phoneNumbers.jobs.updateEmergencySettingsBatch': entries('phone_numbers'),
  'enterprises.reputation.numbers.associate': entries('phone_numbers'),
  'enterprises.reputation.numbers.refresh': entries('phone_numbers'),
  'enterprises.reputation.remediation.create': entries('phone_numbers'),
  'dir.phoneNumbers.add': entries('phone_numbers'),
  'payment.createStoredPaymentTransaction': dollars('amount'),
  'payment.createStoredPaymentTransaction.doubled': dollars('amount'),
  'machinePayments.accountCredit': dollars('amount_usd'),
};

/** Readers of `COUNTS`, for operations that are known by their effects and their number alone. */
export const QUANTITY_READERS: Readonly<Record<string, (body: JsonObject) => IntentDetails>> =
  Object.fromEntries(
    Object.entries(COUNTS).map(([id, count]) => [
      id,
      (body) => ({ quantity: count(body), parameters: parametersOf(body) }),
    ]),
  );

function whole(name: string): Count {
  const check = createNameCheck([name]);
  return (body) => {
    check(body);
    const count = optionalWhole(body, name, [0, MOST]);
    if (count === null) throw new Unreadable(`\`${name}\` is missing.`);
    return Math.max(1, count);
  };
}

function entries(name: string): Count {
  const check = createNameCheck([name]);
  return (body) => {
    check(body);
    return Math.max(1, listOf(body, name).length);
  };
}

/** An amount that is taken from a card or wallet, counted in dollars: a unit of this item is priced at one dollar. */
function dollars(name: string): Count {
  const check = createNameCheck([name]);
  return (body) => {
    check(body);
    const text = requireText(body, name);
    if (!AMOUNT.test(text)) throw new Unreadable(`\`${name}\` must be an amount such as 10.00.`);
    return Math.max(1, Math.ceil(Number(text)));
  };
}

function bundles(body: JsonObject): number {
  const count = whole('quantity');
  const ordered = listOf(body, 'items').map((one) => count(asObject(one, 'items')));
  return Math.max(
    1,
    ordered.reduce((sum, one) => sum + one, 0),
  );
}
