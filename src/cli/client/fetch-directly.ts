import { Agent, request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

export interface DirectRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const SILENCE_MILLISECONDS = 300_000;
/** More than this does not leave in one piece: a server that refuses it closes while it is written, and its answer is lost. */
const LONG_BODY_BYTES = 64 * 1024;
/** How long a server has to refuse a long request by its head alone. */
const REFUSAL_MILLISECONDS = 200;

/**
 * `fetch` for http, which follows no redirect and asks no proxy. Node's own hands what goes to this machine to the proxy
 * of the environment as well (NODE_USE_ENV_PROXY), and with it a token in clear.
 */
export function fetchDirectly(url: URL, { body = '', ...given }: DirectRequest): Promise<Response> {
  const length = Buffer.byteLength(body);
  const headers = { ...given.headers, ...(length === 0 ? {} : { 'content-length': length }) };
  const options = { ...given, headers, agent: new Agent(), timeout: SILENCE_MILLISECONDS };
  return new Promise((resolve, reject) => {
    const call = request(url, options, (answer) => {
      clearTimeout(later);
      resolve(responseOf(answer));
    });
    call.once('timeout', () => call.destroy(new Error('the server is silent')));
    call.on('error', reject);
    if (length > LONG_BODY_BYTES) call.flushHeaders();
    const later = setTimeout(() => call.end(body), length > LONG_BODY_BYTES ? REFUSAL_MILLISECONDS : 0);
  });
}

const WITHOUT_BODY = new Set([204, 205, 304]);
const HIGHEST = 599;

function responseOf(answer: IncomingMessage): Response {
  const { statusCode = 0, headers } = answer;
  const body = WITHOUT_BODY.has(statusCode) ? null : (Readable.toWeb(answer) as ReadableStream);
  const status = Math.min(statusCode, HIGHEST); // `Response` takes none that is higher, and no standard defines one.
  return new Response(body, { status, headers: { 'content-type': headers['content-type'] ?? '' } });
}
