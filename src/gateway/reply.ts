import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';
import { RingfenceError, type ErrorCode } from '../kernel/errors.ts';
import type { AppAnswer } from './app-request.ts';
import { PROBE_HEADER } from './probe.ts';
import { sendStream } from './send-stream.ts';

const DECISION_HEADER = 'ringfence-decision';

/** Sends what the pipeline answered. A promise only for what has to be streamed. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AppAnswer,
): Promise<void> | undefined {
  const { status, headers, decision, body, rest } = answer;
  if (response.destroyed) {
    rest?.destroy();
    return undefined;
  }
  const lines = [DECISION_HEADER, decision];
  for (const name in headers) lines.push(name, headers[name] ?? '');
  // An upload that the vendor did not take to its end: what is left of it stands before the next request.
  if (request.destroyed && !request.complete) lines.push('connection', 'close');
  if (rest !== null) {
    response.writeHead(status, lines);
    return sendStream(rest, response);
  }
  const isHead = request.method === 'HEAD';
  // For an answer without a body, it is not known how long that of a GET would be.
  const isKnown = status !== 204 && status !== 304 && !(isHead && body === '');
  if (isKnown) lines.push('content-length', String(body.length));
  response.writeHead(status, lines);
  if (isHead) response.end();
  else response.end(body, 'latin1');
  return undefined;
}

/** Answers a probe: proves that the gateway is in between. */
export function sendProof(response: ServerResponse, proof: string): void {
  response.writeHead(200, { [PROBE_HEADER]: proof, 'content-length': 0 });
  response.end();
}

/** Refuses what has not become a request to a vendor yet. The rest of it is thrown away. */
export function refuseWire(
  request: IncomingMessage,
  response: ServerResponse,
  code: ErrorCode,
  detail = '',
): void {
  const error = new RingfenceError(code);
  const body = JSON.stringify({
    type: 'about:blank',
    title: error.message,
    status: error.status,
    detail: detail === '' ? error.hint : `${detail}. ${error.hint}`,
    code,
  });
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(error.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    [DECISION_HEADER]: `denied; code=${code}`,
  });
  if (request.complete || request.destroyed) response.end(request.method === 'HEAD' ? undefined : body);
  else endOnceHeard(request, response, body);
}

/** For whoever sends on, ms. */
const LINGERING = 1000;

/**
 * Ends the connection when nothing more comes, or after a while: an end with bytes unread is a reset, which may reach
 * whoever is still sending before the answer does, and instead of it.
 */
function endOnceHeard(request: IncomingMessage, response: ServerResponse, body: string): void {
  if (request.method === 'HEAD') response.flushHeaders();
  else response.write(body);
  const end = (): void => void response.end();
  const timer = setTimeout(end, LINGERING).unref();
  request.once('end', end);
  request.once('close', () => {
    clearTimeout(timer);
    end();
  });
  request.resume();
}
