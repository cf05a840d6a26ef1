import { isUtf8 } from 'node:buffer';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** Deeper JSON than this is no request of any vendor, and recursion over it would not be safe. */
const MAX_JSON_DEPTH = 64;
/** Larger bodies are uploads; no operation that is read for its meaning needs them. */
export const MAX_JSON_BYTES = 2 * 1024 * 1024;

/** What every value costs to read and to judge adds up: 80,000 fields in a megabyte took four tenths of a second. */
const MAX_JSON_SIGNS = 50_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads a JSON object so that everybody else reads the same (RFC 8259): valid UTF-8, no name twice in one object
 * (parsers disagree on which value counts), bounded in size and depth. The problem is a sentence for a developer.
 */
export function readJsonObject(body: Buffer): JsonReading {
  const outline = outlineOf(body);
  if (typeof outline === 'string') return { ok: false, problem: outline };
  let value: unknown;
  try {
    const text = body.toString('utf8');
    value = JSON.parse(text, FRACTION.test(text) ? refuseOddWhole : undefined);
  } catch (error) {
    return { ok: false, problem: error instanceof OddWhole ? error.message : 'The body is not valid JSON.' };
  }
  if (!isJsonObject(value)) return { ok: false, problem: 'The body must be a JSON object.' };
  if (countNames(value) !== outline.names)
    return {
      ok: false,
      problem: 'The body names a field twice in one object; which one counts is not clear.',
    };
  if (body.includes(NUL) && hasCutName(value))
    return { ok: false, problem: 'The body has a name with a NUL in it, behind which some see nothing.' };
  return { ok: true, value };
}

/** A vendor's answer as an object, null when it is not one. No other reader acts on it, so the checks above are not needed. */
export function parseJsonObject(body: Buffer): JsonObject | null {
  if (body.length > MAX_JSON_BYTES) return null;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** True for an object that is no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own field of an object that came from outside; undefined also for inherited names such as `constructor`. */
export function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A field as text: strings as they are, whole numbers in digits; null for everything else. */
export function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/**
 * A large whole number that is not written in plain digits, such as `1.5E10` or `15005550006.0`: if the vendor takes it as text,
 * it reads another phone number than we do.
 */
class OddWhole extends Error {
  override readonly message = 'Write large whole numbers in digits alone.';
}

/** Text that may hold a number with fraction or exponent. A false hit within a string only costs time. */
const FRACTION = /\d[.eE]/;
/** From here on a number may be a phone number. Durations and counts, which some clients write as `30.0`, are smaller. */
const LARGE = 1_000_000;
const NUL = String.raw`\u0000`;

function refuseOddWhole(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLarge = Number.isSafeInteger(value) && Math.abs(Number(value)) >= LARGE;
  if (isLarge && !/^-?\d+$/.test(context?.source ?? '')) throw new OddWhole();
  return value;
}

/** Counts the member names (colons outside of strings) in one pass; stops with a problem at JSON that is nested too deeply. */
function outlineOf(body: Buffer): { readonly names: number } | string {
  if (body.length > MAX_JSON_BYTES) return `The body is larger than ${MAX_JSON_BYTES} bytes.`;
  let depth = 0;
  let names = 0;
  let others = 0;
  let inString = false;
  for (let place = 0; place < body.length; place++) {
    const byte = body[place];
    if (inString) {
      if (byte === BACKSLASH) place++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COLON) names++;
    else if (byte === COMMA) others++;
    else if (isClosing(byte)) depth--;
    else if (isOpening(byte)) {
      others++;
      if (++depth > MAX_JSON_DEPTH) return `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`;
    }
  }
  if (names + others > MAX_JSON_SIGNS) return 'The body has too many fields and values. Send less at a time.';
  return isUtf8(body) ? { names } : 'The body is not valid UTF-8.';
}

function isOpening(byte: number | undefined): boolean {
  return byte === OPEN_OBJECT || byte === OPEN_ARRAY;
}

function isClosing(byte: number | undefined): boolean {
  return byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
}

function hasCutName(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]: [string, JsonValue]) => name.includes('\0') || hasCutName(inner),
  );
}

function countNames(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).reduce<number>((sum, one) => sum + countNames(one), 0);
  const fields = Object.values(value as JsonObject);
  return fields.reduce<number>((sum, one) => sum + countNames(one), fields.length);
}
