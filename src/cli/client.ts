import type { Answer, Sent } from '../api/contract.ts';
import { pathOf, type RouteId } from '../api/paths.ts';
import { ERRORS, RingfenceError, type ErrorCode } from '../kernel/errors.ts';

export interface ClientOptions {
  /** Origin of the admin API. */
  readonly url: string;
  readonly token: string | null;
  /** Name of the operator for the journal; null: none is stated. */
  readonly actor: string | null;
}

export interface AdminClient {
  /** Calls a route. Throws what the API answers as the same fault, `admin_unreachable` when nobody does. */
  call<Id extends RouteId>(id: Id, input: Sent<Id>, signal?: AbortSignal): Promise<Answer<Id>>;
  /** Reads a route that answers with one JSON object a line. */
  lines<Id extends RouteId>(id: Id, input: Sent<Id>): AsyncGenerator<Answer<Id>>;
}

type Input = Readonly<Record<string, unknown>>;

/** A client of the admin API. It follows no redirect: the token goes to the URL it is meant for and nowhere else. */
export function createClient(options: ClientOptions): AdminClient {
  async function send(id: RouteId, input: Input, signal?: AbortSignal): Promise<Response> {
    const { url, init } = requestOf(options, id, input);
    const response = await fetch(url, signal === undefined ? init : { ...init, signal }).catch(
      (cause: unknown) => {
        if (signal?.aborted === true) throw cause;
        throw new RingfenceError('admin_unreachable', `Nothing answers at ${options.url}.`, { cause });
      },
    );
    if (!response.ok) throw await readFault(response, options.url);
    return response;
  }
  return Object.freeze({
    call: async <Id extends RouteId>(id: Id, input: Sent<Id>, signal?: AbortSignal) => {
      const response = await send(id, input, signal);
      return (isJson(response) ? await response.json() : await response.text()) as Answer<Id>;
    },
    lines: async function* <Id extends RouteId>(id: Id, input: Sent<Id>) {
      const response = await send(id, input);
      for await (const line of splitLines(response)) yield JSON.parse(line) as Answer<Id>;
    },
  });
}

function requestOf({ url: origin, token, actor }: ClientOptions, id: RouteId, input: Input) {
  const { method, path, parameters } = pathOf(id);
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const url = new URL(filled, origin);
  const rest = Object.entries(input).filter(
    ([name, value]) => value !== undefined && !parameters.includes(name),
  );
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (actor !== null) headers['ringfence-actor'] = actor;
  const init: RequestInit = { method, headers, redirect: 'error' };
  if (method === 'POST' || method === 'PUT') {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(Object.fromEntries(rest));
  } else for (const [name, value] of rest) url.searchParams.set(name, String(value));
  return { url, init };
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/json') === true;
}

async function readFault(response: Response, url: string): Promise<RingfenceError> {
  const text = await response.text().catch(() => '');
  const problem = parse(text);
  const { code, detail } = problem;
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code))
    return new RingfenceError(code as ErrorCode, typeof detail === 'string' ? detail : undefined);
  const message = `${url} answers with status ${response.status}, but is not a Ringfence of this version.`;
  return new RingfenceError('admin_unreachable', message);
}

function parse(text: string): { readonly code?: unknown; readonly detail?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

async function* splitLines({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new RingfenceError('admin_unreachable', 'The answer ended in the middle of a line.');
}
