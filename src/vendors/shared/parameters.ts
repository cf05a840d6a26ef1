import { MORE_PARAMETERS } from '../../intent/intent.ts';
import type { JsonObject, JsonValue } from './json-body.ts';
import { Unreadable } from './reading.ts';

const MAX_PARAMETERS = 200;
const MAX_VALUE = 4096;
const MAX_LISTED = 10_000;
/** Longer names are left out: a policy rule can state at most 200 characters. */
const MAX_NAME = 256;

/**
 * Parameters for `forbid` rules: nested fields as `to.number`, whatever stands in a list under the name of the list,
 * and `MORE_PARAMETERS` if there are more. Outer levels come first, so that padding cannot push a top-level field out of
 * the first 200. What stands below a name that no rule can state is left out. More than 200 fields at the top are refused.
 */
export function parametersOf(object: JsonObject): ReadonlyMap<string, string> {
  if (Object.keys(object).length > MAX_PARAMETERS)
    throw new Unreadable(`There are more than ${MAX_PARAMETERS} fields.`);
  const found = new Map<string, string>();
  const fields: Field[] = Object.entries(object);
  for (const [name, value] of fields) {
    const isNew = !found.has(name);
    if (isNew && found.size === MAX_PARAMETERS) return found.set(MORE_PARAMETERS, '');
    if (isNew) found.set(name, isNested(value) ? '' : String(value).slice(0, MAX_VALUE));
    for (const inner of innerFields(name, value)) fields.push(inner);
    if (fields.length > MAX_LISTED) fields.length = MAX_LISTED;
  }
  return fields.length < MAX_LISTED ? found : found.set(MORE_PARAMETERS, '');
}

type Field = readonly [name: string, value: JsonValue];

function isNested(value: JsonValue): value is readonly JsonValue[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function innerFields(name: string, value: JsonValue): readonly Field[] {
  if (!isNested(value) || name.length > MAX_NAME) return [];
  if (Array.isArray(value)) return value.filter(isNested).map((element) => [name, element] as const);
  return Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner] as const);
}
