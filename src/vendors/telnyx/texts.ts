import type { JsonObject } from '../shared/json-body.ts';
import { parametersOf } from '../shared/parameters.ts';
import type { IntentDetails } from '../shared/reading.ts';

/** Characters in one priced unit: these operations are charged by the character. */
const THOUSAND = 1000;

const OPERATIONS = [
  'calls.actions.addAIAssistantMessages',
  'calls.actions.gatherUsingSpeak',
  'calls.actions.speak',
  'conferences.actions.speak',
  'textToSpeech.generateSpeech',
  'voiceDesigns.create',
];

/** Readers of operations that are charged by the text. */
export const TEXT_READERS: Readonly<Record<string, (body: JsonObject) => IntentDetails>> = Object.fromEntries(
  OPERATIONS.map((id) => [
    id,
    (body) => ({
      quantity: Math.ceil(JSON.stringify(body).length / THOUSAND),
      parameters: parametersOf(body),
    }),
  ]),
);
