import { compileOperations, type OperationRow } from '../vendors/operations.ts';
import type { Exchange, Reply } from './core.ts';

/** Answers a request of a customer; `state` is what the vendor module keeps about that customer. */
export type Handler<State> = (state: State, exchange: Exchange) => Reply | Promise<Reply>;

/** `{name}` in the path becomes `exchange.params.name`. */
export type Route<State> = readonly [method: string, host: string, path: string, handler: Handler<State>];

/** Finds the handler of a request and fills `exchange.params`. Null: no such endpoint. */
export type Router<State> = (exchange: Exchange) => Handler<State> | null;

interface Placeholder {
  readonly name: string;
  readonly segment: number;
  readonly before: number;
  readonly after: number;
}

interface Target<State> {
  readonly handler: Handler<State>;
  readonly placeholders: readonly Placeholder[];
}

interface Found<State> {
  readonly handler: Handler<State>;
  readonly params: Readonly<Record<string, string>>;
}

/** Paths whose handler is remembered: most requests go to a few of them. */
const REMEMBERED = 500;

export function createRouter<State>(
  vendor: string,
  routes: readonly Route<State>[],
  matchHost: (host: string) => string | null,
): Router<State> {
  const hosts = [...new Set(routes.map(([, host]) => host))];
  const targets = new Map<string, Target<State>>();
  const rows = routes.map(([method, host, path, handler], index): OperationRow => {
    targets.set(String(index), { handler, placeholders: placeholdersOf(path) });
    return [method, hosts.indexOf(host), path, String(index), '', 'write'];
  });
  const table = compileOperations(vendor, { hosts, rows }, matchHost);
  const recent = new Map<string, Found<State> | null>();

  function find({ method, host, path }: Exchange): Found<State> | null {
    const segments = decodedSegments(path);
    const read = method === 'HEAD' ? 'GET' : method;
    const operation = segments === null ? null : table.match(read, host, segments);
    const target = operation === null ? undefined : targets.get(operation.id);
    if (segments === null || target === undefined) return null;
    return { handler: target.handler, params: paramsOf(target.placeholders, segments) };
  }

  return (exchange) => {
    const key = `${exchange.method} ${exchange.host}${exchange.path}`;
    let found = recent.get(key);
    if (found === undefined) {
      found = find(exchange);
      if (recent.size >= REMEMBERED) recent.clear();
      recent.set(key, found);
    }
    if (found === null) return null;
    exchange.params = found.params;
    return found.handler;
  };
}

function placeholdersOf(path: string): Placeholder[] {
  return path
    .split('/')
    .slice(1)
    .flatMap((text, segment) => {
      const match = /\{([^}]*)\}/.exec(text);
      if (match === null) return [];
      const [whole, name = ''] = match;
      return [{ name, segment, before: match.index, after: text.length - match.index - whole.length }];
    });
}

function paramsOf(placeholders: readonly Placeholder[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const { name, segment, before, after } of placeholders) {
    const text = segments[segment] ?? '';
    params[name] = text.slice(before, text.length - after);
  }
  return params;
}

/** Null when the percent-encoding is broken. */
function decodedSegments(path: string): string[] | null {
  const segments = path.split('/').slice(1);
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return null;
  }
}
