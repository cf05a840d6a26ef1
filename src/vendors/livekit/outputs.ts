import type { Effect } from '../../intent/intent.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import { Unreadable } from '../shared/reading.ts';
import { field, snakeName, text } from './fields.ts';

const EXPORTED: readonly Effect[] = ['pii', 'routing', 'export'];
/** Fields that send media to another place, other than storage. */
const STREAMS = ['urls', 'addOutputUrls', 'destinations', 'addDestinations', 'websocketUrl'];

/** URLs of storage other than the project's own in which a request has media stored. Throws `Unreadable`. */
export function storesIn(value: JsonValue): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, JsonValue]) => {
    const store = Object.hasOwn(STORES, name) ? STORES[name] : undefined;
    return store !== undefined && isJsonObject(inner) ? [store(inner)] : storesIn(inner);
  });
}

/** The effects of a request that records: also those of an export, if it says where to. */
export function exportsOf(body: JsonObject, effects: readonly Effect[]): readonly Effect[] {
  const leaves = storesIn(body).length > 0 || STREAMS.some((name) => holds(body, name));
  return leaves ? [...new Set([...effects, ...EXPORTED])] : effects;
}

/** True when a field of this name with a value stands anywhere in the request. */
export function holds(value: JsonValue, name: string): boolean {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some((inner) => holds(inner, name));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(
    ([key, inner]) => ((key === name || key === snakeName(name)) && isFull(inner)) || holds(inner, name),
  );
}

function isFull(value: JsonValue): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

const STORES: Readonly<Record<string, (store: JsonObject) => string>> = {
  s3: (store) => endpointOf(store) ?? `https://${labelOf(store, 'bucket')}.s3.amazonaws.com`,
  aliOSS: (store) => endpointOf(store) ?? `https://${labelOf(store, 'bucket')}.aliyuncs.com`,
  gcp: (store) => `https://${labelOf(store, 'bucket')}.storage.googleapis.com`,
  azure: (store) => `https://${labelOf(store, 'accountName')}.blob.core.windows.net`,
};

function endpointOf(store: JsonObject): string | null {
  if (field(store, 'endpoint') === undefined) return null;
  const endpoint = text(store, 'endpoint');
  return endpoint === null || /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
}

/** A name that becomes part of a host. */
function labelOf(store: JsonObject, name: string): string {
  const label = text(store, name) ?? 'default';
  if (!/^[\w.-]{1,255}$/.test(label)) throw new Unreadable(`\`${name}\` is not a name of storage.`);
  return label;
}
