import type { JsonObject, JsonValue } from '../shared/json-body.ts';
import { jsonOf, pairsOf } from '../shared/plain-request.ts';
import { Unreadable } from '../shared/reading.ts';
import type { WireRequest } from '../wire.ts';
import { bodyKind, FORM } from './body.ts';

const CREDENTIALS: ReadonlySet<string> = new Set(['api_key', 'api_secret']);

/**
 * Parameters of the older APIs, which take them from the query and from a form or JSON body alike. A name in two
 * places, in capitals, as of a list (`to[]`), or with a dot (`workflow.id`, in PHP `workflow_id`) is refused: the vendor
 * could read another value than we do.
 */
export function legacyParameters(request: WireRequest): JsonObject {
  const merged: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>;
  for (const [name, value] of [...pairsOf(request.query), ...Object.entries(bodyOf(request))]) {
    if (CREDENTIALS.has(name)) continue;
    if (name === 'sig')
      throw new Unreadable('Signed requests (`sig`) are not supported; use the API secret.');
    if (name in merged) throw new Unreadable('A parameter stands in the query and in the body.');
    if (!/^[a-z][a-z\d_-]*$/.test(name))
      throw new Unreadable('Parameter names have no capitals, and no signs but `-` and `_`.');
    merged[name] = value;
  }
  return merged;
}

function bodyOf(request: WireRequest): JsonObject {
  const { method, body } = request;
  if (body.length === 0) return {};
  if (method === 'GET') throw new Unreadable('A GET request has no body.');
  const kind = bodyKind(request);
  if (kind === 'json') return jsonOf(body);
  if (kind !== 'form') throw new Unreadable(`The content type must be application/json or ${FORM}.`);
  return Object.fromEntries(pairsOf(body.toString('utf8')));
}
