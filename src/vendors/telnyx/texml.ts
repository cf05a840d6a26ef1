import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import { createNameCheck, isOn, optionalText, optionalWhole, requireText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import type { IntentDetails } from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { destinationOf, LIMITS, listensForSilence, LONGEST_CALL, shownName } from './calls.ts';
import { chargedParts, readTexml, type Script } from './texml-script.ts';

const checkTexml = createNameCheck([
  'To',
  'From',
  'Url',
  'FallbackUrl',
  'Texml',
  'TimeLimit',
  'Record',
  'ApplicationSid',
  'CallerId',
]);

/** Parameters that name a script elsewhere. */
const SCRIPTS = ['Url', 'FallbackUrl'] as const;

/** Calls of TeXML, whose script is fetched from a URL, belongs to the application, or stands in `Texml`. */
export function readTexmlCall(body: JsonObject, plan: NumberingPlan, hasLimit: boolean): IntentDetails {
  checkTexml(body);
  const inline = scriptOf(body, plan);
  const script = inline ?? NO_SCRIPT;
  const assistant = optionalText(body, 'AIAssistantId');
  const limit = hasLimit ? optionalWhole(body, 'TimeLimit', LIMITS) : LONGEST_CALL;
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [destinationOf(requireText(body, 'To'), 'To', plan), ...script.destinations],
    sender: optionalText(body, 'From'),
    furtherSenders: [...shownName(body, 'CallerId'), ...script.senders],
    callSeconds: limit,
    ...(hasLimit ? {} : { fixedSeconds: true }),
    extras: chargedParts([
      ...['Record', 'ConferenceRecord'].filter((name) => isOn(body, name)).map(() => 'recording'),
      ...(['RecordingTimeout', 'ConferenceRecordingTimeout'].some((name) => listensForSilence(body, name))
        ? ['transcription']
        : []),
      ...(['', 'Disable'].includes(optionalText(body, 'MachineDetection') ?? '')
        ? []
        : ['machine_detection']),
      ...(isOn(body, 'DeepfakeDetection') ? ['deepfake_detection'] : []),
      ...(assistant === null ? [] : ['assistant']),
      ...(inline === null || fetches(body) ? ['leg'] : []),
      ...script.extras,
    ]),
    parameters: parametersOf(body),
    callbacks: script.callbacks,
  };
}

/** A running TeXML call gets another script, or ends. */
export function readTexmlChange(
  body: JsonObject,
  plan: NumberingPlan,
  { effects }: Operation,
): IntentDetails {
  checkTexml(body);
  const { destinations, extras, callbacks, senders } = scriptOf(body, plan) ?? NO_SCRIPT;
  const parts = chargedParts([...(fetches(body) ? ['leg'] : []), ...extras]);
  const costs = destinations.length + parts.length > 0;
  return {
    action: destinations.length > 0 ? 'call.create' : 'call.modify',
    channel: 'voice',
    effects: costs ? effects : effects.filter((one) => one !== 'spend'),
    destinations,
    furtherSenders: senders,
    callSeconds: costs ? LONGEST_CALL : null,
    ...(costs ? { fixedSeconds: true } : {}),
    extras: parts,
    parameters: parametersOf(body),
    callbacks,
  };
}

const NO_SCRIPT: Script = { destinations: [], extras: [], callbacks: [], senders: [] };

/** The script in the request itself; null when the call has one from elsewhere, or none. */
function scriptOf(body: JsonObject, plan: NumberingPlan): Script | null {
  const text = optionalText(body, 'Texml') ?? '';
  return text === '' ? null : readTexml(text, plan);
}

function fetches(body: JsonObject): boolean {
  return SCRIPTS.some((name) => optionalText(body, name) !== null);
}

const HEARD = ['AnnounceUrl', 'HoldUrl', 'WaitUrl'] as const;
const checkHeard = createNameCheck(HEARD);

/** Changes a conference. What its participants hear is a script, which may do more than speak. */
export function readConferenceChange(body: JsonObject, { effects }: Operation): IntentDetails {
  checkHeard(body);
  return {
    effects: HEARD.some((name) => isOn(body, name)) ? effects : effects.filter((one) => one !== 'indirect'),
    parameters: parametersOf(body),
  };
}
