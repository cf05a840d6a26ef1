import { patchForm } from '../shared/form.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../shared/json-body.ts';
import { createNameCheck, exactField, isOn, optionalWhole } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import type { IntentDetails } from '../shared/reading.ts';
import { withBody } from '../shared/requests.ts';
import type { Operation, WireRequest } from '../wire.ts';

/** Tokens in one priced unit, about a thousand characters. Models are charged by the token. */
const PRICED = 250;
const MOST_TOKENS = 10_000_000;
const MOST_ANSWERS = 1000;
/** Longest answer in tokens if the request states no limit. It is written into the request where the vendor has a field for it. */
const USUAL_ANSWER = 4096;
/** Tokens counted for a picture: more than the vendor's models make of one, since its size in bytes says nothing. */
const PICTURE = 16_384;
const WHOLE_CONTEXT = 1_048_576;

const LIMITS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;
const STORED = ['previous_response_id', 'conversation', 'conversation_id', 'prompt', 'mcp_servers'] as const;
const checkNames = createNameCheck([...LIMITS, ...STORED, 'n', 'best_of', 'tools']);

/** Operations of models, with the field by which the vendor limits the answer; null where it has none. */
const LIMIT_FIELD: Readonly<Record<string, (typeof LIMITS)[number] | null>> = {
  'ai.anthropic.v1.messages': 'max_tokens',
  'ai.openai.chat.createCompletion': 'max_tokens',
  'ai.openai.createResponse': 'max_output_tokens',
  'ai.assistants.chat': null,
  'ai.assistants.instructions.enhance': null,
  'ai.memory.namespaces.profiles.ingest': null,
  'ai.memory.namespaces.profiles.recall': null,
  'ai.memory.namespaces.profiles.remember': null,
  'ai.typesafe.v1.systemone': null,
};

const WITHOUT_ANSWER = ['ai.embeddings.similaritySearch', 'ai.openai.embeddings.createEmbeddings'];

/** Readers of operations that are charged by the token. */
export const MODEL_READERS: Readonly<Record<string, (body: JsonObject) => IntentDetails>> = {
  ...Object.fromEntries(WITHOUT_ANSWER.map((id) => [id, readerOf(() => 0)])),
  ...Object.fromEntries(
    Object.entries(LIMIT_FIELD).map(([id, field]) => [id, readerOf((body) => answeredTokens(body, field))]),
  ),
};

function readerOf(answered: (body: JsonObject) => number) {
  return (body: JsonObject): IntentDetails => {
    checkNames(body);
    const quantity = Math.ceil((askedTokens(body) + answered(body)) / PRICED);
    return { quantity, parameters: parametersOf(body) };
  };
}

function answeredTokens(body: JsonObject, field: string | null): number {
  const longest = Math.max(limitOf(body, field), ...LIMITS.map((name) => statedLimit(body, name)));
  const answers = ['n', 'best_of'].map((name) => optionalWhole(body, name, [0, MOST_ANSWERS]) ?? 1);
  return longest * Math.max(1, ...answers);
}

// Matches JSON members only: within a text, quotes are escaped.
const PICTURES = /"image_url":|"type":"(?:input_)?image"/g;
const FILES = /"(?:file_id|file_url|video_url|audio_url)":|"type":"(?:document|file|input_file|input_audio)"/;

/** Most tokens of a question: a byte for each, since a token has at least one; more for what the vendor itself adds or fetches. */
function askedTokens(body: JsonObject): number {
  const { tools, ...said } = body;
  const text = JSON.stringify(said);
  const runs = Array.isArray(tools) && (tools as readonly JsonValue[]).some(isRunByVendor);
  const reads = runs || FILES.test(text) || STORED.some((name) => isOn(body, name));
  const pictures = text.match(PICTURES)?.length ?? 0;
  return Buffer.byteLength(JSON.stringify(body)) + pictures * PICTURE + (reads ? WHOLE_CONTEXT : 0);
}

/** True for tools that the vendor runs. Functions, and tools without a type, are run by the app. */
function isRunByVendor(tool: JsonValue): boolean {
  const type = isJsonObject(tool) ? exactField(tool, 'type') : null;
  return type !== undefined && type !== 'function' && type !== 'custom';
}

/** Longest answer: by the vendor's field, else by another field for the same, else our default. */
function limitOf(body: JsonObject, field: string | null): number {
  const own = field === null ? 0 : statedLimit(body, field);
  return own || Math.max(...LIMITS.map((name) => statedLimit(body, name))) || USUAL_ANSWER;
}

/** 0 where no limit is stated; a stated 0 counts as none. */
function statedLimit(body: JsonObject, name: string): number {
  return optionalWhole(body, name, [0, MOST_TOKENS]) ?? 0;
}

/** Writes the longest answer, as it was counted, into a request that does not say it. */
export function limitAnswer({ id }: Operation, request: WireRequest): WireRequest {
  const field = Object.hasOwn(LIMIT_FIELD, id) ? (LIMIT_FIELD[id] ?? null) : null;
  if (field === null || request.body.length === 0) return request;
  const json = parseJsonObject(request.body);
  const body = json ?? Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  if (statedLimit(body, field) > 0) return request;
  const limit = limitOf(body, field);
  return withBody(
    request,
    json === null
      ? patchForm(request.body, field, String(limit))
      : Buffer.from(JSON.stringify({ ...json, [field]: limit })),
  );
}
