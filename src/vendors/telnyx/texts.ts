import type { JsonObject } from '../shared/json-body.ts';
import { createNameCheck, type IntentDetails, optionalWhole, parametersOf } from '../shared/reading.ts';

/** Charged by the character or token: their price is that of so many characters, asked or answered. */
const THOUSAND = 1000;
/** A token is about four characters. */
const TOKENS = THOUSAND / 4;
const MOST_TOKENS = 10_000_000;
const ANSWERS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;
const checkAnswers = createNameCheck([...ANSWERS, 'n']);

const OPERATIONS = [
  'ai.anthropic.v1.messages',
  'ai.assistants.chat',
  'ai.assistants.instructions.enhance',
  'ai.embeddings.similaritySearch',
  'ai.memory.namespaces.profiles.ingest',
  'ai.memory.namespaces.profiles.recall',
  'ai.memory.namespaces.profiles.remember',
  'ai.openai.chat.createCompletion',
  'ai.openai.createResponse',
  'ai.openai.embeddings.createEmbeddings',
  'ai.typesafe.v1.systemone',
  'calls.actions.addAIAssistantMessages',
  'calls.actions.gatherUsingSpeak',
  'calls.actions.speak',
  'conferences.actions.speak',
  'textToSpeech.generateSpeech',
  'voiceDesigns.create',
];

/** Readers of operations that are charged by the text. */
export const TEXT_READERS: Readonly<Record<string, (body: JsonObject) => IntentDetails>> = Object.fromEntries(
  OPERATIONS.map((id) => [id, (body) => ({ quantity: thousandsOf(body), parameters: parametersOf(body) })]),
);

/** Thousands of characters that have begun; at least one for each answer. */
function thousandsOf(body: JsonObject): number {
  checkAnswers(body);
  const asked = Math.ceil(JSON.stringify(body).length / THOUSAND);
  const longest = Math.max(...ANSWERS.map((name) => optionalWhole(body, name, [0, MOST_TOKENS]) ?? 0));
  const answers = Math.max(1, optionalWhole(body, 'n', [0, THOUSAND]) ?? 1);
  return asked - 1 + answers * Math.max(1, Math.ceil(longest / TOKENS));
}
