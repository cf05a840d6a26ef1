import type { JsonObject, JsonValue } from './json-body.ts';
import { Unreadable } from './reading.ts';

const MAX_PARAMETERS = 200;
const MAX_VALUE = 4096;
const MAX_LISTED = 1000;
/** Rules state names of at most 200 characters. */
const MAX_NAME = 256;

/**
 * Parameters for `forbid` rules: nested fields as `to.0.number`, outer levels first, so that padding cannot push a
 * top-level field out of the first 200. What stands below a name that no rule can state is left out. More than 200 fields at the top are refused.
 */
export function parametersOf(object: JsonObject): ReadonlyMap<string, string> {
  if (Object.keys(object).length > MAX_PARAMETERS)
    throw new Unreadable(`There are more than ${MAX_PARAMETERS} fields.`);
  const found = new Map<string, string>();
  let level: Fields = Object.entries(object);
  while (level.length > 0 && found.size < MAX_PARAMETERS) {
    for (const [name, value] of level)
      if (!isNested(value) && found.size < MAX_PARAMETERS) found.set(name, String(value).slice(0, MAX_VALUE));
    level = level.flatMap(innerFields).slice(0, MAX_LISTED);
  }
  return found;
}

type Fields = readonly (readonly [name: string, value: JsonValue])[];

function isNested(value: JsonValue): value is readonly JsonValue[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function innerFields([name, value]: Fields[number]): Fields {
  if (!isNested(value) || name.length > MAX_NAME) return [];
  const entries: Fields = Object.entries(value);
  return entries.slice(0, MAX_PARAMETERS).map(([key, inner]) => [`${name}.${key}`, inner] as const);
}
