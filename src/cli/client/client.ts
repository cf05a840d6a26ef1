import type { Answer, Sent } from '../../api/contract.ts';
import { pathOf, type RouteId } from '../../api/paths.ts';
import { ERRORS, RingfenceError, type ErrorCode } from '../../kernel/errors.ts';
import type { Progress } from '../../kernel/progress.ts';
import { fetchDirectly } from './fetch-directly.ts';
import type { ProgressLine } from '../terminal/progress.ts';

export interface ClientOptions {
  /** Origin of the admin API. */
  readonly url: string;
  readonly token: string | null;
  /** Name of the operator for the journal; null: none is stated. */
  readonly actor: string | null;
  /** Shows the progress of the gateway's long work. */
  readonly progress?: ProgressLine;
}

export interface AdminClient {
  /**
   * Calls a route, and waits for as long as the gateway works on it. Throws what the API answers as the same fault,
   * `admin_unreachable` when nobody does. What may be given up by `signal` is a wait, not work, and tells no progress.
   */
  call<Id extends RouteId>(id: Id, input: Sent<Id>, signal?: AbortSignal): Promise<Answer<Id>>;
  /** Reads a route that answers with one JSON object a line. */
  lines<Id extends RouteId>(id: Id, input: Sent<Id>): AsyncGenerator<Answer<Id>>;
}

type Input = Readonly<Record<string, unknown>>;

/** A client of the admin API. It follows no redirect: the token goes to the URL it is meant for and nowhere else. */
export function createClient(options: ClientOptions): AdminClient {
  async function send(id: RouteId, input: Input, signal?: AbortSignal): Promise<Response> {
    const { url, ...init } = requestOf(options, id, input);
    if (signal === undefined) init.headers['accept'] = 'application/json, application/x-ndjson';
    const asked = signal === undefined ? init : { ...init, signal };
    const answering =
      url.protocol === 'http:' ? fetchDirectly(url, asked) : fetch(url, { ...asked, redirect: 'error' });
    const response = await answering.catch((cause: Error) => {
      if (signal?.aborted === true) throw cause;
      if (isCut(cause)) throw brokenOff(options.url, cause);
      throw new RingfenceError('admin_unreachable', `Nothing answers at ${options.url}.`, { cause });
    });
    if (!response.ok) throw await readFault(response, options.url);
    return response;
  }
  return Object.freeze({
    call: async <Id extends RouteId>(id: Id, input: Sent<Id>, signal?: AbortSignal) => {
      const response = await send(id, input, signal);
      if (isLines(response)) return (await lateAnswer(response, options)) as Answer<Id>;
      return (isJson(response) ? await response.json() : await response.text()) as Answer<Id>;
    },
    lines: async function* <Id extends RouteId>(id: Id, input: Sent<Id>) {
      const response = await send(id, input);
      for await (const line of splitLines(response, options.url)) {
        const item = JSON.parse(line) as Answer<Id>;
        throwIfProblem(item, response, options.url);
        yield item;
      }
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
  if (method === 'POST' || method === 'PUT') {
    headers['content-type'] = 'application/json';
    return { url, method, headers, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  for (const [name, value] of rest) url.searchParams.set(name, String(value));
  return { url, method, headers };
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/json') === true;
}

function isLines(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/x-ndjson') === true;
}

/** Reads a late answer: lines that are signs of life, and at last the result. */
async function lateAnswer(response: Response, { url, progress }: ClientOptions): Promise<unknown> {
  try {
    for await (const line of splitLines(response, url)) {
      const late = JSON.parse(line) as Late;
      if (late.progress !== undefined) progress?.update(late.progress);
      if ('result' in late) return late.result;
      throwIfProblem(late, response, url);
    }
  } finally {
    progress?.clear();
  }
  throw brokenOff(url);
}

/** Throws when a line is a problem, which is how a fault is told after the answer has begun. */
function throwIfProblem(line: unknown, response: Response, url: string): void {
  const { problem } = line as Late;
  if (problem !== undefined) throw faultOf(problem) ?? notOurs(response, url);
}

interface Late {
  readonly progress?: Progress;
  readonly result?: unknown;
  readonly problem?: Problem;
}

interface Problem {
  readonly code?: unknown;
  readonly detail?: unknown;
}

async function readFault(response: Response, url: string): Promise<RingfenceError> {
  const text = await response.text().catch(() => '');
  return faultOf(parse(text)) ?? notOurs(response, url);
}

function faultOf({ code, detail }: Problem): RingfenceError | null {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
    ? new RingfenceError(code as ErrorCode, typeof detail === 'string' ? detail : undefined)
    : null;
}

function notOurs({ status }: Response, url: string): RingfenceError {
  const message = `${url} answers with status ${status}, but is not a Ringfence of this version.`;
  return new RingfenceError('admin_unreachable', message);
}

function brokenOff(url: string, cause?: unknown): RingfenceError {
  const message = `The answer of ${url} broke off. What was asked may have been done: look before you ask again.`;
  return new RingfenceError('admin_unreachable', message, { cause });
}

const CUT = new Set<unknown>(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** True when a connection existed before it failed, so that the request may have been carried out. `fetch` tells it in the cause. */
function isCut({ code, cause }: Error & { readonly code?: unknown }): boolean {
  return CUT.has(code) || CUT.has((cause as { readonly code?: unknown } | undefined)?.code);
}

function parse(text: string): Problem {
  try {
    return (JSON.parse(text) as Problem | null) ?? {};
  } catch {
    return {};
  }
}

/** Splits the answer into lines. Empty ones are signs of life and left out. */
async function* splitLines({ body }: Response, url: string): AsyncGenerator<string> {
  if (body === null) return;
  let rest = '';
  try {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
  } catch (cause) {
    throw brokenOff(url, cause);
  }
  if (rest !== '') throw brokenOff(url);
}
