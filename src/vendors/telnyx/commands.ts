import type { Effect } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import { createNameCheck, isOn, objectOf, optionalText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import type { IntentDetails } from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { checkCall, extrasOf, LONGEST_CALL } from './calls.ts';

/** What a request may begin besides what it is called after. */
const checkStart = createNameCheck([
  'stream_url',
  'conversation_relay_config',
  'assistant',
  'enable_dialogflow',
  'supervise_call_control_id',
  'SuperviseCallSid',
  'conference_config',
  'supervisor_role',
]);
const checkConference = createNameCheck(['supervisor_role']);
const EXPORTED: readonly Effect[] = ['pii', 'routing', 'export'];

type Read = (body: JsonObject, plan: NumberingPlan, operation: Operation) => IntentDetails;

/** Commands that meter a running call, with what else each of them may start there. */
export const COMMANDS: Readonly<Record<string, Read>> = {
  'calls.actions.answer': (body, _plan, operation) => ({
    ...commandOf(body, extrasOf(body)),
    effects: exportsOf(body, operation),
  }),
  'calls.actions.startStreaming': (body) => commandOf(body, assistantOf(body)),
  'calls.actions.startConversationRelay': (body) => commandOf(body, assistantOf(body)),
  'calls.actions.startAIAssistant': (body) => commandOf(body, ['leg']),
  'calls.actions.joinAIAssistant': (body) => commandOf(body, ['leg']),
  'calls.actions.gatherUsingAI': (body) => commandOf(body, ['leg']),
  'conferences.actions.join': (body, _plan, operation) => ({
    effects: exportsOf(body, operation),
    parameters: parametersOf(body),
  }),
  'conferences.actions.update': (body, _plan, operation) => ({
    action: 'call.modify',
    channel: 'voice',
    effects: exportsOf(body, operation),
    parameters: parametersOf(body),
  }),
};

function commandOf(body: JsonObject, extras: readonly string[]): IntentDetails {
  checkCall(body);
  checkStart(body);
  return { channel: 'voice', callSeconds: LONGEST_CALL, extras, parameters: parametersOf(body) };
}

const assistantOf = (body: JsonObject): readonly string[] =>
  extrasOf(body).filter((extra) => extra === 'assistant' || extra === 'leg');

/** Fields that carry the audio of a call to another place: streams, relays, a leg that listens to another call. */
const LEAVES = ['stream_url', 'conversation_relay_config', 'supervise_call_control_id', 'SuperviseCallSid'];

export function exportsOf(body: JsonObject, { effects }: Operation): readonly Effect[] {
  checkStart(body);
  const conference = objectOf(body, 'conference_config') ?? {};
  checkConference(conference);
  const leaves = LEAVES.some((name) => isOn(body, name)) || isSilent(body) || isSilent(conference);
  return leaves ? [...new Set([...effects, ...EXPORTED])] : effects;
}

/** True for a participant who only listens to a conference. */
function isSilent(seat: JsonObject): boolean {
  return (
    isOn(seat, 'supervisor_role') && !/^(?:none|barge)$/.test(optionalText(seat, 'supervisor_role') ?? '')
  );
}
