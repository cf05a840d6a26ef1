import type { Effect } from '../intent/intent.ts';
import type { BodyKind, Operation } from './wire.ts';

/** A row as it stands in a vendor's `operations.json`: method, index of the host, path, operation id, body, effects. */
export type OperationRow = readonly [
  method: string,
  host: number,
  path: string,
  id: string,
  body: string,
  effects: string,
];

export interface OperationData {
  readonly hosts: readonly string[];
  readonly rows: readonly OperationRow[];
}

export interface OperationTable {
  readonly rows: readonly Operation[];
  /** The operation of a canonical request, or null: unknown, and therefore refused. */
  match(method: string, host: string, segments: readonly string[]): Operation | null;
}

interface Node {
  readonly literal: Map<string, Node>;
  /** The fixed segments in the form to which a lenient server may reduce others (see `lenientSegment`). */
  readonly lenient: Set<string>;
  /** Segments with a placeholder: `{Sid}`, `{Sid}.json`, `calls:{action}`; tried in order of decreasing length of fixed text. */
  readonly patterns: { readonly prefix: string; readonly suffix: string; readonly node: Node }[];
  readonly operations: Map<string, Operation>;
}

/**
 * Compiles a vendor's table into a tree of path segments for each host. Fixed segments win over placeholders, and a placeholder
 * does not match what a lenient server could take for a fixed segment beside it.
 * `matchHost` maps a request's host to a host of the table (regional or per-project names).
 */
export function compileOperations(
  vendor: string,
  data: OperationData,
  matchHost: (host: string) => string | null,
): OperationTable {
  const roots = new Map<string, Node>();
  const rows = data.rows.map((row) => toOperation(vendor, data, row));
  for (const operation of rows) insert(roots, operation);
  return Object.freeze({
    rows: Object.freeze(rows),
    match(method: string, host: string, segments: readonly string[]) {
      const known = matchHost(host);
      const root = known === null ? undefined : roots.get(known);
      return root === undefined ? null : find(root, method, segments, 0);
    },
  });
}

function toOperation(
  vendor: string,
  data: OperationData,
  [method, host, path, id, body, effects]: OperationRow,
): Operation {
  const hostName = data.hosts[host];
  if (hostName === undefined)
    throw new Error(`${vendor}: operation ${id} names host ${host}, which is not in the table`);
  return Object.freeze({
    id,
    vendor,
    method,
    host: hostName,
    path,
    body: (body === '' ? 'none' : body) as BodyKind,
    effects: Object.freeze(effects.split(' ') as Effect[]),
  });
}

function insert(roots: Map<string, Node>, operation: Operation): void {
  let node = getOrInsert(roots, operation.host, newNode);
  for (const segment of operation.path.split('/').slice(1)) node = child(node, segment);
  node.operations.set(operation.method, operation);
}

function child(node: Node, segment: string): Node {
  const placeholder = /\{[^}]*\}/.exec(segment);
  if (placeholder === null) {
    node.lenient.add(lenientSegment(segment));
    return getOrInsert(node.literal, segment, newNode);
  }
  const prefix = segment.slice(0, placeholder.index);
  const suffix = segment.slice(placeholder.index + placeholder[0].length);
  let pattern = node.patterns.find((one) => one.prefix === prefix && one.suffix === suffix);
  if (pattern === undefined) {
    pattern = { prefix, suffix, node: newNode() };
    node.patterns.push(pattern);
    node.patterns.sort((a, b) => b.prefix.length + b.suffix.length - a.prefix.length - a.suffix.length);
  }
  return pattern.node;
}

function find(node: Node, method: string, segments: readonly string[], depth: number): Operation | null {
  const segment = segments[depth];
  if (segment === undefined) return node.operations.get(method) ?? null;
  const literal = node.literal.get(segment);
  const found = literal === undefined ? null : find(literal, method, segments, depth + 1);
  if (found !== null) return found;
  if (literal === undefined && isAlmostFixed(node, segment)) return null;
  for (const { prefix, suffix, node: next } of node.patterns) {
    if (
      segment.length <= prefix.length + suffix.length ||
      !segment.startsWith(prefix) ||
      !segment.endsWith(suffix)
    )
      continue;
    const deeper = find(next, method, segments, depth + 1);
    if (deeper !== null) return deeper;
  }
  return null;
}

function isAlmostFixed({ lenient }: Node, segment: string): boolean {
  return lenient.size > 0 && segment.length <= LONGEST_FIXED && lenient.has(lenientSegment(segment));
}

/** Longer segments are in no table, even after a lenient server has shortened them. */
const LONGEST_FIXED = 128;

/** A segment as lenient servers see it, without parameters, format, blanks and case: `local.JSON;v=1` is `local`. */
function lenientSegment(segment: string): string {
  const named = segment.toLowerCase().replace(/;.*/, '');
  return named.replace(/(?:\.(?:json|xml|csv|html?))?[.\s]*$/, '');
}

function newNode(): Node {
  return { literal: new Map(), lenient: new Set(), patterns: [], operations: new Map() };
}

function getOrInsert<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
