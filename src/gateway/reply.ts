import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';
import { RingfenceError, type ErrorCode } from '../kernel/errors.ts';
import { jsonAnswer } from '../vendors/shared/json-answer.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { WireResponse } from '../vendors/wire.ts';
import type { AnswerRoom } from './answer-room.ts';
import type { AppAnswer } from './app-request.ts';
import { PROBE_HEADER } from './probe.ts';
import { sendStream, sendWhole } from './send-stream.ts';

const DECISION_HEADER = 'ringfence-decision';

/** Sends what the pipeline answered. A promise only for what has to be streamed. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AppAnswer,
  keep: AnswerRoom['keep'],
): Promise<void> | undefined {
  const { status, headers, decision, body, rest } = answer;
  if (response.destroyed) {
    rest?.destroy();
    return undefined;
  }
  const lines = [DECISION_HEADER, decision];
  for (const name in headers) lines.push(name, headers[name] ?? '');
  // An upload that the vendor did not take to its end: what is left of it stands before the next request. Where the client
  // waits to be asked for it (`Expect`), nobody knows whether it still comes.
  const isAsking = request.headers.expect !== undefined;
  if (!request.complete && (request.destroyed || isAsking)) response.shouldKeepAlive = false;
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
  else {
    if (body.length > response.writableHighWaterMark) keep(response, body.length);
    sendWhole(body, response);
  }
  return undefined;
}

/** Answers a probe: proves that the gateway is in between. */
export function sendProof(response: ServerResponse, proof: string): void {
  response.writeHead(200, { [PROBE_HEADER]: proof, 'content-length': 0 });
  response.end();
}

/** A request of which no more is known than who it is addressed to. */
export interface Asked {
  readonly request: IncomingMessage;
  /** Null: no vendor has the host. */
  readonly vendor: Vendor | null;
  readonly host: string;
  /** As received. */
  readonly target: string;
}

/** Refuses before the pipeline, as the vendor would if there is one. The rest of the request is thrown away. */
export function refuseWire(response: ServerResponse, asked: Asked, code: ErrorCode, detail = ''): void {
  const { request, vendor, host, target } = asked;
  const [path = ''] = target.split('?', 1);
  const method = request.method ?? 'GET';
  const error = new RingfenceError(code);
  const message = [error.message, detail].filter((one) => one !== '').join(': ');
  const refusal = { code, rule: 'gateway', message: `${message}. ${error.hint}` };
  const { status, headers, body } =
    vendor === null ? problem(error, detail) : vendor.refuse(refusal, { method, host, path });
  // The listener begins nothing that comes behind it.
  if (!request.complete) response.shouldKeepAlive = false;
  response.writeHead(status, {
    ...headers,
    'content-length': body.length,
    [DECISION_HEADER]: `denied; code=${code}`,
  });
  if (request.complete || request.destroyed) response.end(method === 'HEAD' ? undefined : body);
  else endOnceHeard(request, response, body);
}

/** How long the rest of a refused request is read before the connection ends: until nothing came for a while, or too much. */
const LINGER_MILLISECONDS = { quiet: 1_000, longest: 5_000 } as const;

/**
 * Ends the connection when the rest of the request has come, or after a while. Closing it with bytes unread would send a
 * reset, and a client that is still sending might get that instead of the answer.
 */
function endOnceHeard(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.method === 'HEAD') response.flushHeaders();
  else response.write(body);
  const end = (): void => void response.end();
  const quiet = setTimeout(end, LINGER_MILLISECONDS.quiet).unref();
  const longest = setTimeout(end, LINGER_MILLISECONDS.longest).unref();
  request.on('data', () => quiet.refresh());
  request.once('end', end);
  request.once('close', () => {
    clearTimeout(quiet);
    clearTimeout(longest);
    end();
  });
  request.resume();
}

function problem({ code, message, status, hint }: RingfenceError, detail: string): WireResponse {
  const body = {
    type: 'about:blank',
    title: message,
    status,
    detail: detail === '' ? hint : `${detail}. ${hint}`,
    code,
  };
  return jsonAnswer(status, body, { 'content-type': 'application/problem+json' });
}
