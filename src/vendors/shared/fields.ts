import { isJsonObject, type JsonObject, type JsonValue, textOf } from './json-body.ts';
import { Unreadable } from './reading.ts';

const MAX_LISTED = 1000;

/**
 * A check that no field is spelled almost like one of `names` (`To`, `time-limit`): some parsers would take it for
 * that field, and ours would not. Build it once per kind of object.
 */
export function createNameCheck(names: readonly string[]): (object: JsonObject) => void {
  const exact = new Map(names.map((name) => [looseName(name), name]));
  return (object) => {
    for (const key of Object.keys(object)) {
      const name = exact.get(looseName(key));
      if (name !== undefined && name !== key) throw new Unreadable(`Spell the field \`${name}\` exactly so.`);
    }
  };
}

/** A name without signs and in one letter case. Folds `ſ` and `K` (Kelvin) too, which some parsers take for `s` and `k`. */
export function looseName(name: string): string {
  return name
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '');
}

/** For each loose form, the name in the object that has it; null when two names have it. */
type LooseNames = ReadonlyMap<string, string | null>;

/** Loose names by object, so that they are worked out once although many fields are read. */
const looseNames = new WeakMap<JsonObject, LooseNames>();

function looseNamesOf(object: JsonObject): LooseNames {
  const known = looseNames.get(object);
  if (known !== undefined) return known;
  const names = new Map<string, string | null>();
  for (const key of Object.keys(object)) {
    const loose = looseName(key);
    names.set(loose, names.has(loose) ? null : key);
  }
  looseNames.set(object, names);
  return names;
}

/**
 * A field by its name; undefined when absent. Throws `Unreadable` when a name is spelled almost like it: a parser that ignores
 * case, such as Go's, would take it for the field, and of two such names the last.
 */
export function exactField(object: JsonObject, name: string): JsonValue | undefined {
  const given = looseNamesOf(object).get(looseName(name));
  if (given === undefined) return undefined;
  if (given !== name) throw new Unreadable(`Spell the field \`${name}\` exactly so, and give it once.`);
  return object[name];
}

/** A field that must be a non-empty text (or whole number). */
export function requireText(object: JsonObject, name: string): string {
  const text = optionalText(object, name);
  if (text === null || text === '') throw new Unreadable(`\`${name}\` is missing.`);
  return text;
}

/** A text field; null when absent or null. Other types are refused, never guessed. */
export function optionalText(object: JsonObject, name: string): string | null {
  const value = exactField(object, name);
  if (value === undefined || value === null) return null;
  const text = textOf(value);
  if (text === null) throw new Unreadable(`\`${name}\` must be a text.`);
  return text;
}

/** ISO 8601 with a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Wall ms of a time that a request names; null where nobody can tell, as of one without a zone, which some SDKs write. */
export function timeOf(text: string): number | null {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** A whole number between `low` and `high`, also as digits in a text; null when absent. */
export function optionalWhole(
  object: JsonObject,
  name: string,
  [low, high]: readonly [number, number],
): number | null {
  const text = optionalText(object, name);
  if (text === null || text === '') return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new Unreadable(`\`${name}\` must be a whole number from ${low} to ${high}.`);
  return number;
}

/** A field that must be a list of at most 1,000 entries; empty when absent. */
export function listOf(object: JsonObject, name: string): readonly JsonValue[] {
  const value = exactField(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Unreadable(`\`${name}\` must be a list.`);
  if (value.length > MAX_LISTED) throw new Unreadable(`\`${name}\` has more than ${MAX_LISTED} entries.`);
  return value as readonly JsonValue[];
}

/** A field that must be an object; null when absent. */
export function objectOf(object: JsonObject, name: string): JsonObject | null {
  const value = exactField(object, name);
  return value === undefined || value === null ? null : asObject(value, name);
}

/** The value of a parameter that must be an object. Throws `Unreadable`. */
export function asObject(value: JsonValue | undefined, name: string): JsonObject {
  if (!isJsonObject(value)) throw new Unreadable(`\`${name}\` must be an object.`);
  return value;
}

/** True unless the field is absent, null, `false`, `"false"` or empty: a switch in doubt counts as on. */
export function isOn(object: JsonObject, name: string): boolean {
  const value = exactField(object, name);
  return value !== undefined && value !== null && value !== false && value !== 'false' && value !== '';
}

/** URLs in the named fields: a text, or a list of texts. */
export function urlsOf(object: JsonObject, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = exactField(object, name);
    return (Array.isArray(value) ? value.slice(0, MAX_LISTED) : [value]).filter(
      (one): one is string => typeof one === 'string' && one !== '',
    );
  });
}
