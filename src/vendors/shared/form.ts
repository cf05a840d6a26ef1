import { isAscii, isUtf8 } from 'node:buffer';
import { malformed, type Malformed } from './requests.ts';

/** Parameters in the order in which they were sent, repeated names included. */
export interface Form {
  readonly kind: 'form';
  readonly entries: readonly FormEntry[];
}

export type FormEntry = readonly [name: string, value: string];

export const MAX_PARAMETERS = 200;
/** Longest parameter (name, `=` and value as sent), in bytes. */
export const MAX_PARAMETER_BYTES = 64 * 1024;

const EMPTY: Form = Object.freeze({ kind: 'form', entries: Object.freeze([]) });
const PLUS = /\+/g;

/**
 * Reads an `application/x-www-form-urlencoded` body (WHATWG URL Standard §5.1), strictly: what two parsers could
 * read in two ways (broken percent-encoding, bytes that are not UTF-8, a bare `;`) is malformed, and so is too much.
 */
export function parseForm(body: Buffer): Form | Malformed {
  if (body.length === 0) return EMPTY;
  if (latest?.body !== body) latest = { body, reading: readForm(body) };
  return latest.reading;
}

/** The last body and its parameters, because several checks in a row read the same body. Bodies are never changed in place. */
let latest: { readonly body: Buffer; readonly reading: Form | Malformed } | null = null;

function readForm(body: Buffer): Form | Malformed {
  if (isAscii(body)) return parseFormText(body.toString('latin1'));
  return isUtf8(body) ? parseFormText(body.toString('utf8')) : malformed('The body is not UTF-8.');
}

/** As `parseForm`, for a query without its `?`, or for a body that is already text. */
export function parseFormText(text: string): Form | Malformed {
  if (text === '') return EMPTY;
  if (text.includes(';')) return malformed('The parameters hold a bare `;`; encode it as `%3B`.');
  const entries: FormEntry[] = [];
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('&', start);
    const end = found < 0 ? text.length : found;
    const problem = end === start ? null : addEntry(entries, text, start, end);
    if (problem !== null) return malformed(problem);
    start = end + 1;
  }
  return { kind: 'form', entries };
}

function addEntry(entries: FormEntry[], text: string, start: number, end: number): string | null {
  if (entries.length === MAX_PARAMETERS) return `There are more than ${MAX_PARAMETERS} parameters.`;
  if (end - start > MAX_PARAMETER_BYTES) return `A parameter is longer than ${MAX_PARAMETER_BYTES} bytes.`;
  const equals = text.indexOf('=', start);
  const hasValue = equals >= 0 && equals < end;
  const name = decode(text.slice(start, hasValue ? equals : end));
  const value = hasValue ? decode(text.slice(equals + 1, end)) : '';
  if (name === null || value === null) return 'A parameter is not valid percent-encoded UTF-8.';
  entries.push([name, value]);
  return null;
}

function decode(text: string): string | null {
  const spaced = text.includes('+') ? text.replace(PLUS, ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return null;
  }
}

/** The first value of a parameter, or null. Check `firstRepeated` before you rely on there being only one. */
export function formValue(form: Form, name: string): string | null {
  for (const entry of form.entries) if (entry[0] === name) return entry[1];
  return null;
}

/** All values of a parameter that may be repeated. */
export function formValues(form: Form, name: string): readonly string[] {
  return form.entries.filter((entry) => entry[0] === name).map((entry) => entry[1]);
}

/**
 * The first name that stands twice and is not in `repeatable`, or null. Spellings that differ in case only count as
 * the same name: nobody can tell which of the two the vendor would take.
 */
export function firstRepeated(form: Form, repeatable: ReadonlySet<string>): string | null {
  const seen = new Map<string, string>();
  for (const [name] of form.entries) {
    const folded = name.toLowerCase();
    const earlier = seen.get(folded);
    if (earlier === undefined) seen.set(folded, name);
    else if (earlier !== name || !repeatable.has(name)) return name;
  }
  return null;
}

/** Parameters by name for `Intent.parameters`; values of a repeated one are joined by a line feed. */
export function formParameters(form: Form): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of form.entries) {
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
  }
  return parameters;
}

/**
 * Sets one parameter of a body: the first occurrence is replaced in its place, further ones are dropped, an absent one
 * is appended. `null` takes it away. Every other byte stays as it was.
 */
export function patchForm(body: Buffer, name: string, value: string | null): Buffer {
  const replacement = value === null ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  const kept: string[] = [];
  let placed = false;
  for (const part of body.length === 0 ? [] : body.toString('latin1').split('&')) {
    if (partName(part) !== name) kept.push(part);
    else if (!placed) {
      kept.push(...replacement);
      placed = true;
    }
  }
  if (!placed) kept.push(...replacement);
  return Buffer.from(kept.join('&'), 'latin1');
}

function partName(part: string): string | null {
  const equals = part.indexOf('=');
  return decode(equals < 0 ? part : part.slice(0, equals));
}
