import type { ScriptStep } from '../calls.ts';
import { isObject, list, text, type JsonObject } from '../fields.ts';
import { e164 } from './state.ts';

const SPOKEN_CHARACTERS = 15;
const STREAM_SECONDS = 5;
const CONVERSATION_SECONDS = 60;

/** Reads an NCCO (array of actions) into steps. Null: it is none. */
export function readNcco(value: unknown): ScriptStep[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter(isObject).flatMap(stepsOf);
}

export function parseNcco(body: string): ScriptStep[] | null {
  try {
    return readNcco(JSON.parse(body));
  } catch {
    return null;
  }
}

function stepsOf(action: JsonObject): ScriptStep[] {
  switch (action['action']) {
    case 'talk':
      return [wait(Math.ceil((text(action, 'text') ?? '').length / SPOKEN_CHARACTERS) * loops(action))];
    case 'stream':
      return [wait(STREAM_SECONDS * loops(action))];
    case 'wait':
      return [wait(number(action, 'timeout', 10))];
    case 'input':
      return [wait(number(action, 'timeOut', 3))];
    case 'conversation':
      return [wait(CONVERSATION_SECONDS)];
    case 'record':
      return [
        {
          kind: 'record',
          seconds: Math.max(1, number(action, 'endOnSilence', 3)),
          callback: firstUrl(action, 'eventUrl'),
        },
      ];
    case 'connect':
      return connect(action);
    default:
      return [];
  }
}

function connect(action: JsonObject): ScriptStep[] {
  const targets = list(action, 'endpoint')
    .filter(isObject)
    .map(addressOf)
    .filter((target) => target !== '');
  if (targets.length === 0) return [];
  const from = text(action, 'from');
  return [
    {
      kind: 'dial',
      targets,
      from: from === undefined ? null : e164(from),
      timeoutSeconds: number(action, 'timeout', 60),
      limitSeconds: number(action, 'limit', 7200),
    },
  ];
}

/** The address of an endpoint: phone with `+`, or the vendor's kind and name. */
export function addressOf(endpoint: JsonObject): string {
  const phone = text(endpoint, 'number');
  if (phone !== undefined) return e164(phone);
  const other = text(endpoint, 'uri') ?? text(endpoint, 'user') ?? text(endpoint, 'extension');
  return other === undefined ? '' : `${text(endpoint, 'type') ?? 'app'}:${other}`;
}

export function firstUrl(object: JsonObject, name: string): string | null {
  const value = object[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : null;
}

const wait = (seconds: number): ScriptStep => ({ kind: 'wait', seconds });

/** `loop: 0` means until hung up. */
function loops(action: JsonObject): number {
  const count = number(action, 'loop', 1);
  return count === 0 ? 1000 : count;
}

function number(object: JsonObject, name: string, fallback: number): number {
  const value = Number(object[name] ?? fallback);
  return Number.isFinite(value) ? Math.min(14_400, Math.max(0, value)) : fallback;
}
