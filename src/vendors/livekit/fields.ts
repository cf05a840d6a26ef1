import { fieldOf, type JsonObject, type JsonValue, textOf } from '../shared/json-body.ts';
import { asObject } from '../shared/fields.ts';
import { Unreadable } from '../shared/reading.ts';

/**
 * A field of protobuf JSON, which may be spelled `sipCallTo` or `sip_call_to`. Both at once are refused, as the
 * vendor's parser does.
 */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  const camel = fieldOf(object, name);
  const snake = fieldOf(object, snakeName(name));
  if (camel !== undefined && snake !== undefined && name !== snakeName(name))
    throw new Unreadable(`\`${name}\` is given twice, in both spellings.`);
  return (camel ?? snake) === null ? undefined : (camel ?? snake);
}

/** Made once: every request is asked for the same few names, all of them written in this folder. */
const SNAKE_NAMES = new Map<string, string>();

/** The other spelling that protobuf JSON allows: `room_name` of `roomName`. */
export function snakeName(name: string): string {
  const known = SNAKE_NAMES.get(name);
  if (known !== undefined) return known;
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  SNAKE_NAMES.set(name, snake);
  return snake;
}

/** A text field; empty text is the same as absence in protobuf. */
export function text(object: JsonObject, name: string): string | null {
  const value = field(object, name);
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string') throw new Unreadable(`\`${name}\` must be a text.`);
  return value;
}

/** A field that holds a message; null when it is absent. Throws `Unreadable`. */
export function message(object: JsonObject, name: string): JsonObject | null {
  const value = field(object, name);
  return value === undefined ? null : asObject(value, name);
}

/** A field that holds a list; empty when it is absent. Throws `Unreadable`. */
export function list(object: JsonObject, name: string): readonly JsonValue[] {
  const value = field(object, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Unreadable(`\`${name}\` must be a list.`);
  return value as readonly JsonValue[];
}

/** A whole number, which protobuf JSON may write as a text; zero when it is absent. Throws `Unreadable`. */
export function whole(object: JsonObject, name: string): number {
  const value = textOf(field(object, name) ?? 0) ?? '';
  if (!/^\d{1,9}$/.test(value)) throw new Unreadable(`\`${name}\` must be a whole number.`);
  return Number(value);
}

/** A duration such as `60s` or `1.5s`, in whole seconds, rounded up. None, and zero, mean no limit: null. */
export function duration(object: JsonObject, name: string): number | null {
  const value = text(object, name);
  if (value === null) return null;
  const match = /^(\d{1,9})(?:\.\d{1,9})?s$/.exec(value);
  if (match === null) throw new Unreadable(`\`${name}\` must be a duration such as 60s.`);
  const seconds = Math.ceil(Number(value.slice(0, -1)));
  return seconds === 0 ? null : seconds;
}
