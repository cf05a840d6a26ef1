import type { Channel, Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { fieldOf, type JsonObject } from '../shared/json-body.ts';
import { asObject, createNameCheck, listOf, optionalText, requireText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { emailOf, barePhoneOf } from '../shared/recipients.ts';
import type { Operation } from '../wire.ts';

/** Steps of the predefined workflows of Verify v1, each a charge if the code is not entered before. */
const WORKFLOWS: Readonly<Record<string, readonly Channel[]>> = {
  '1': ['sms', 'voice', 'voice'],
  '2': ['sms', 'sms', 'voice'],
  '3': ['voice', 'voice'],
  '4': ['sms', 'sms'],
  '5': ['sms', 'voice'],
  '6': ['sms'],
  '7': ['voice'],
};
const CHANNELS: Readonly<Record<string, Channel>> = {
  sms: 'sms',
  voice: 'voice',
  whatsapp: 'whatsapp',
  whatsapp_interactive: 'whatsapp',
  rcs: 'rcs',
  email: 'email',
  silent_auth: 'silent',
};
const checkStart = createNameCheck(['brand', 'workflow', 'fraud_check']);
const checkStep = createNameCheck(['channel', 'to', 'from']);

interface Step {
  readonly channel: Channel;
  readonly destination: Destination;
  /** Sender that the recipient sees; null when the vendor chooses it. */
  readonly from: string | null;
}

/** Groups of countries that share a calling code: a number is the same whichever of them it is read for. */
const ONE_PLAN = [
  'US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR SX TC TT VC VG VI',
  'GB GG IM JE',
  'RU KZ',
  'IT VA',
  'NO SJ',
  'FI AX',
  'AU CC CX',
  'MA EH',
  'RE YT',
  'GP BL MF',
  'CW BQ',
].map((countries) => countries.split(' '));

/**
 * `number` of Verify v1 and Number Insight. With a `country`, the vendor may read it as a national number: `1907…` with `GB` is
 * a British number. So the country must be one with the calling code that the number begins with.
 */
export function numberOf(parameters: JsonObject, plan: NumberingPlan): Destination {
  const number = barePhoneOf(requireText(parameters, 'number'), 'number', plan);
  const country = (optionalText(parameters, 'country') ?? '').toUpperCase();
  if (country !== '' && !isOfPlan(number.phone?.country ?? '', country))
    throw new Unreadable('`number` must be in international format, with no other `country` than its own.');
  return number;
}

function isOfPlan(own: string, stated: string): boolean {
  return own === stated || ONE_PLAN.some((plan) => plan.includes(own) && plan.includes(stated));
}

/** `/verify/json` and `/verify/psd2/json`. */
export function readLegacyStart(parameters: JsonObject, plan: NumberingPlan): IntentDetails {
  const number = numberOf(parameters, plan);
  const workflow = optionalText(parameters, 'workflow_id') ?? '1';
  const channels = Object.hasOwn(WORKFLOWS, workflow) ? WORKFLOWS[workflow] : undefined;
  if (channels === undefined) throw new Unreadable('`workflow_id` must be 1 to 7.');
  return {
    ...stepsOf(channels.map((channel) => ({ channel, destination: number, from: null }))),
    sender: optionalText(parameters, 'sender_id') ?? optionalText(parameters, 'brand'),
    parameters: parametersOf(parameters),
  };
}

/** `/verify/control/json`: cancelling is free, the next step is a charge. */
export function readControl(parameters: JsonObject, operation: Operation): IntentDetails {
  const cancels = requireText(parameters, 'cmd') === 'cancel';
  return {
    action: cancels ? 'other' : 'verify.start',
    effects: cancels ? operation.effects.filter((one) => one !== 'spend') : operation.effects,
    parameters: parametersOf(parameters),
  };
}

/** `POST /v2/verify`: every step of the workflow may be a charge. */
export function readStart(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkStart(body);
  const check = fieldOf(body, 'fraud_check');
  if (check !== undefined && typeof check !== 'boolean')
    throw new Unreadable('`fraud_check` must be true or false.');
  const steps = listOf(body, 'workflow').map((one) => readStep(asObject(one, 'workflow'), plan));
  if (steps.length === 0) throw new Unreadable('`workflow` must list at least one step.');
  return {
    ...stepsOf(steps),
    sender: optionalText(body, 'brand'),
    furtherSenders: steps.flatMap(({ from }) => from ?? []),
    parameters: parametersOf(body),
  };
}

function readStep(step: JsonObject, plan: NumberingPlan): Step {
  checkStep(step);
  const name = requireText(step, 'channel');
  const channel = Object.hasOwn(CHANNELS, name) ? CHANNELS[name] : undefined;
  if (channel === undefined) throw new Unreadable('`workflow.channel` is not one that is known.');
  const to = requireText(step, 'to');
  const destination = channel === 'email' ? emailOf(to, 'workflow.to') : barePhoneOf(to, 'workflow.to', plan);
  return { channel, destination, from: optionalText(step, 'from') };
}

/**
 * One charge for each step. Steps in the channel of the first are destinations; steps in other channels are priced
 * as extras, and are destinations only where they reach somebody else.
 */
function stepsOf(steps: readonly Step[]): IntentDetails {
  const first = steps[0]?.channel ?? null;
  const same = steps.filter(({ channel }) => channel === first);
  const others = steps.filter(({ channel }) => channel !== first);
  const reached = new Set(same.map(({ destination }) => destination.address));
  const elsewhere = others.filter(({ destination }) => !reached.has(destination.address));
  return {
    action: 'verify.start',
    channel: first,
    destinations: [...same, ...elsewhere].map(({ destination }) => destination),
    extras: others.map(({ channel }) => channel),
  };
}
