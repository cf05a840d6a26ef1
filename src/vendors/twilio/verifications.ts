import type { Channel } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { codeRecipient } from './addresses.ts';
import { callbacksOf, type Parameters, requiredParameter, textParameter } from './parameters.ts';

/** `auto` lets the vendor choose, so it costs more than the text message that it counts as: `verify.auto`. */
const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ['sms', 'sms'],
  ['auto', 'sms'],
  ['call', 'voice'],
  ['email', 'email'],
  ['whatsapp', 'whatsapp'],
  ['rcs', 'rcs'],
  ['sna', 'silent'],
]);

/** `POST …/Verifications`: sends a code. */
export function readVerification(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const to = requiredParameter(parameters, 'To');
  const name = requiredParameter(parameters, 'Channel');
  const channel = CHANNELS.get(name);
  if (channel === undefined)
    throw new Unreadable(`\`Channel\` must be one of ${[...CHANNELS.keys()].join(', ')}.`);
  return {
    action: 'verify.start',
    channel,
    destinations: [codeRecipient(to, channel === 'email', plan)],
    extras: name === 'auto' ? ['auto'] : [],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** `POST …/VerificationCheck`. A correct code is charged. */
export function readVerificationCheck(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const to = textParameter(parameters, 'To');
  if (to === null && textParameter(parameters, 'VerificationSid') === null)
    throw new Unreadable('`To` or `VerificationSid` is missing.');
  return {
    action: 'verify.check',
    destinations: to === null ? [] : [codeRecipient(to, to.includes('@'), plan)],
    parameters: parameters.map,
  };
}

/** `POST …/Verifications/{Sid}`. A verification that the app approves itself is charged like a correct code. */
export function readVerificationUpdate(operation: Operation, parameters: Parameters): IntentDetails {
  const isCanceled = textParameter(parameters, 'Status') === 'canceled';
  return {
    action: isCanceled ? 'other' : 'verify.check',
    effects: isCanceled ? operation.effects.filter((one) => one !== 'spend') : operation.effects,
    parameters: parameters.map,
  };
}
