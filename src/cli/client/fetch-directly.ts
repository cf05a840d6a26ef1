import { Agent, request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

export interface DirectRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const SILENCE_MILLISECONDS = 300_000;
/**
 * A longer body is not sent along with the head: a server that refuses it by the head alone closes the connection while it is
 * still being written, and then its answer would be lost.
 */
const LONG_BODY_BYTES = 64 * 1024;
/** How long a server has to refuse a long request by its head, before the body is sent. */
const REFUSAL_MILLISECONDS = 200;

/**
 * `fetch` for http that follows no redirect and uses no proxy. Node's own `fetch` would, under NODE_USE_ENV_PROXY, send even
 * requests to this machine through the proxy of the environment, and with them a token in clear.
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
  const status = Math.min(statusCode, HIGHEST); // `Response` throws for a higher status; no standard defines one.
  return new Response(body, { status, headers: { 'content-type': headers['content-type'] ?? '' } });
}
