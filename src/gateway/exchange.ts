import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyObject } from 'node:crypto';
import { RingfenceError, type ErrorCode } from '../kernel/errors.ts';
import type { Registry } from '../vendors/registry.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { Operation } from '../vendors/wire.ts';
import { answerRefusal } from './answer.ts';
import { QUICK_BYTES, type AnswerRoom } from './answer-room.ts';
import type { AppAnswer, AppRequest, Upload } from './app-request.ts';
import { countRefusal, type Counters } from './counters.ts';
import { answerProbe, PROBE_PATH } from './probe.ts';
import { readBody, type BodyRoom } from './read-body.ts';
import { findAmbiguity } from './request-rules.ts';
import { refuseWire, sendAnswer, sendProof, type Asked } from './reply.ts';
import { readTarget, type Target } from './request-target.ts';
import type { EndOfTurn } from './end-of-turn.ts';

export interface ExchangeOptions {
  readonly registry: Registry;
  readonly pipeline: (request: AppRequest) => Promise<AppAnswer>;
  readonly counters: Counters;
  readonly endOfTurn: EndOfTurn;
  readonly probeKey: KeyObject;
  readonly bodyBytes: number;
  readonly room: BodyRoom;
  readonly uploadBytes: number;
  readonly answers: Pick<AnswerRoom, 'keep' | 'ownTurn'>;
  /** Called with errors that should not happen. */
  readonly onFault: (error: unknown) => void;
}

/** Where a listener says that a request is going. */
export interface Place {
  /** Vendor host, lower case. */
  readonly host: string;
  /** Origin-form target as received. */
  readonly target: string;
  readonly toGateway: ((host: string) => string) | null;
}

export type Exchange = (
  request: IncomingMessage,
  response: ServerResponse,
  place: Place | null,
) => Promise<void>;

/** One request from the wire to the wire: checked, routed, through the pipeline, answered. Never rejects. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { counters } = options;
  return async function exchange(request, response, place) {
    counters.requests += 1;
    const asked = askedOf(options, request, place);
    try {
      const route = routeOf(asked, place);
      if ('code' in route) {
        if (route.code === 'request_malformed') counters.malformed += 1;
        return refuseWire(response, asked, route.code, route.detail);
      }
      const proof = proofFor(options, route.target);
      if (proof !== null) return sendProof(response, proof);
      await serve(options, request, response, route);
    } catch (error) {
      const code = codeOf(error, options.onFault);
      if (!response.headersSent && !response.destroyed) refuseWire(response, asked, code);
      else response.destroy();
    }
  };
}

interface Route {
  readonly asked: Asked;
  readonly place: Place;
  readonly target: Target;
  readonly vendor: Vendor;
}

interface NoRoute {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Whom a request asks, however the rest of it reads: an SDK understands no refusal but its vendor's. */
function askedOf({ registry }: ExchangeOptions, request: IncomingMessage, place: Place | null): Asked {
  const { host, target } = place ?? { host: '', target: '' };
  return { request, vendor: place === null ? null : registry.find(host), host, target };
}

/** Where a request goes, or why it cannot go to a vendor. */
function routeOf(asked: Asked, place: Place | null): Route | NoRoute {
  const { request, vendor } = asked;
  const ambiguity = findAmbiguity(request);
  if (ambiguity !== null) return { code: 'request_malformed', detail: ambiguity };
  if (place === null) return { code: 'host_unknown', detail: 'no vendor host in the request' };
  const target = readTarget(place.target);
  if (target === null) return { code: 'request_malformed', detail: 'the path has more than one reading' };
  return vendor === null ? { code: 'host_unknown', detail: place.host } : { asked, place, target, vendor };
}

async function serve(
  options: ExchangeOptions,
  request: IncomingMessage,
  response: ServerResponse,
  { asked, place, target, vendor }: Route,
): Promise<void> {
  const method = request.method ?? 'GET';
  const operation = vendor.operations.match(method === 'HEAD' ? 'GET' : method, place.host, target.segments);
  const upload = uploadOf(options, request, operation);
  if (upload === 'endless')
    return refuseWire(response, asked, 'request_too_large', 'an upload must state its Content-Length');
  if (upload === 'too-large') return refuseWire(response, asked, 'request_too_large');
  await options.endOfTurn();
  const read = upload === null ? readBody(request, options.bodyBytes, options.room) : NO_BODY;
  const body = read instanceof Promise ? await read : read;
  if (body === 'aborted') return;
  if (body === 'too-large') return refuseWire(response, asked, 'request_too_large');
  if (body === 'no-room') {
    countRefusal(options.counters, 'overloaded');
    return refuseWire(response, asked, 'overloaded');
  }
  if (body.length > QUICK_BYTES) await options.answers.ownTurn();
  const appRequest: AppRequest = {
    method,
    vendor,
    host: place.host,
    target,
    operation,
    headers: request.headers,
    body,
    upload,
    address: request.socket.remoteAddress ?? '',
    toGateway: place.toGateway,
  };
  return sendAnswer(request, response, await answerOf(options, appRequest), options.answers.keep);
}

const NO_BODY = Buffer.alloc(0);

async function answerOf({ pipeline, onFault }: ExchangeOptions, request: AppRequest): Promise<AppAnswer> {
  try {
    return await pipeline(request);
  } catch (error) {
    const code = codeOf(error, onFault);
    const { message, hint } = new RingfenceError(code);
    return answerRefusal(request, { code, rule: 'gateway', message: `${message}. ${hint}` }, null);
  }
}

/** Bodies of uploads are forwarded as they come; their length must be known and within the cap. */
function uploadOf(
  { uploadBytes }: ExchangeOptions,
  request: IncomingMessage,
  operation: Operation | null,
): Upload | 'too-large' | 'endless' | null {
  if (operation?.body !== 'stream') return null;
  const length = Number(request.headers['content-length'] ?? NaN);
  if (!Number.isSafeInteger(length)) return 'endless';
  return length > uploadBytes ? 'too-large' : { stream: request, length };
}

/** What proves to `ringfence run` that it reaches this gateway; null when it does not ask. */
function proofFor({ probeKey }: ExchangeOptions, { path, query }: Target): string | null {
  if (path !== PROBE_PATH) return null;
  return answerProbe(new URLSearchParams(query).get('nonce'), probeKey);
}

/** Codes of a connection that broke: not a bug. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

/** An error without a code of ours is a bug in the gateway: the app learns nothing about it, the operator everything. */
function codeOf(error: unknown, onFault: ExchangeOptions['onFault']): ErrorCode {
  if (error instanceof RingfenceError) return error.code;
  if (!BROKEN.has((error as NodeJS.ErrnoException).code ?? '')) onFault(error);
  return 'internal';
}
