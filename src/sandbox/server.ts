import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Exchange, Reply, VendorModule, World } from './core.ts';
import type { Fault, Faults } from './faults.ts';
import { sendReply, type Pace } from './reply.ts';
import type { RequestRing } from './requests.ts';

export interface ServerParts {
  readonly world: World;
  readonly vendors: readonly VendorModule[];
  readonly faults: Faults;
  readonly requests: RequestRing;
  /** Answers `/_sandbox/…`; null: not a control path. */
  readonly control: (exchange: Exchange) => Promise<Reply>;
  readonly log: (line: string) => void;
}

const HOST_PREFIX = '/_host/';
const LARGEST_BODY = 16 * 1024 * 1024;
const UNKNOWN_HOST: Reply = { status: 421, body: 'no simulated vendor has this host\n' };

/** The HTTP side: finds the vendor of a request, lets faults strike and writes the answer. */
export function createSandboxServer(parts: ServerParts): Server {
  const findVendor = createVendorFinder(parts.vendors);
  const server = createServer((request, response) => {
    readBody(request, (body) => {
      if (body === null) return sendReply(response, { status: 413, body: '' });
      const exchange = toExchange(request, body);
      if (exchange.path.startsWith('/_sandbox/')) return void answerControl(parts, exchange, response);
      answer(parts, findVendor(exchange), exchange, response);
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

function createVendorFinder(vendors: readonly VendorModule[]): (exchange: Exchange) => VendorModule | null {
  const known = new Map<string, VendorModule>();
  return ({ host, path }) => {
    const cached = known.get(host);
    if (cached !== undefined) return cached;
    const found = vendors.find((vendor) => vendor.serves(host));
    if (found !== undefined && known.size < 1000) known.set(host, found);
    // The LiveKit SDK drops path prefixes, so its calls are known by their path when they come without vendor host.
    return (
      found ?? (path.startsWith('/twirp/') ? (vendors.find(({ id }) => id === 'livekit') ?? null) : null)
    );
  };
}

function readBody(request: IncomingMessage, done: (body: Buffer | null) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  request.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size <= LARGEST_BODY) pieces.push(piece);
  });
  request.on('end', () => {
    if (size > LARGEST_BODY) return done(null);
    done(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
  });
}

function toExchange(request: IncomingMessage, body: Buffer): Exchange {
  const { method = 'GET', url = '/', headers } = request;
  const question = url.indexOf('?');
  let path = question === -1 ? url : url.slice(0, question);
  const received = headers.host ?? '';
  let host = received.replace(/:\d+$/, '').toLowerCase();
  let origin = `https://${host}`;
  if (path.startsWith(HOST_PREFIX)) {
    const slash = path.indexOf('/', HOST_PREFIX.length);
    host = path.slice(HOST_PREFIX.length, slash === -1 ? undefined : slash).toLowerCase();
    path = slash === -1 ? '/' : path.slice(slash);
    origin = `http://${received}${HOST_PREFIX}${host}`;
  }
  return {
    method,
    host,
    path,
    query: question === -1 ? '' : url.slice(question + 1),
    headers,
    body,
    origin,
    params: {},
    account: null,
    credential: null,
  };
}

async function answerControl(
  parts: ServerParts,
  exchange: Exchange,
  response: ServerResponse,
): Promise<void> {
  try {
    sendReply(response, await parts.control(exchange));
  } catch (error) {
    parts.log(`control request failed: ${String(error)}`);
    sendReply(response, { status: 500, body: `${String(error)}\n` });
  }
}

function answer(
  parts: ServerParts,
  vendor: VendorModule | null,
  exchange: Exchange,
  response: ServerResponse,
): void {
  response.setHeader('date', new Date(parts.world.now()).toUTCString()); // Its own time, which tests move.
  const record = (status: number | null) =>
    parts.requests.add(exchange, { at: parts.world.now(), vendor: vendor?.id ?? null, status });
  if (vendor === null) {
    record(UNKNOWN_HOST.status);
    return sendReply(response, UNKNOWN_HOST);
  }
  const struck = parts.faults.strike(vendor.id, exchange);
  if (struck.length > 0) {
    answerInTrouble({ parts, vendor, exchange, response }, struck).then(record, () => response.destroy());
    return;
  }
  const reply = handleSafely(parts, vendor, exchange);
  const finish = (known: Reply) => {
    record(known.status);
    sendReply(response, known);
  };
  if (reply instanceof Promise) void reply.then(finish);
  else finish(reply);
}

/** A bug of the sandbox must show, but not end it. */
function handleSafely(parts: ServerParts, vendor: VendorModule, exchange: Exchange): Reply | Promise<Reply> {
  const failed = (error: unknown): Reply => {
    parts.log(`${vendor.id} ${exchange.method} ${exchange.path} failed: ${String(error)}`);
    return vendor.problem(500, `sandbox fault: ${String(error)}`);
  };
  try {
    const reply = vendor.handle(exchange);
    return reply instanceof Promise ? reply.catch(failed) : reply;
  } catch (error) {
    return failed(error);
  }
}

interface Trouble {
  readonly parts: ServerParts;
  readonly vendor: VendorModule;
  readonly exchange: Exchange;
  readonly response: ServerResponse;
}

/** Resolves with the status that was answered; null when the connection was broken off. */
async function answerInTrouble(trouble: Trouble, struck: readonly Fault[]): Promise<number | null> {
  const { parts, vendor, exchange, response } = trouble;
  const fault = struck.find(({ kind }) => kind !== 'latency');
  await pause(parts.world, struck, 'before');
  const early = fault === undefined ? null : refusal(vendor, fault);
  if (early !== null) return sendNow(response, early);
  if (fault?.kind === 'reset') return breakOff(response);
  const reply = await handleSafely(parts, vendor, exchange);
  await pause(parts.world, struck, 'after');
  if (fault?.kind === 'lost-answer') return breakOff(response);
  if (fault?.kind === 'error-after')
    return sendNow(response, vendor.problem(fault.status ?? 503, 'Service unavailable'));
  const pace: Pace | null =
    fault?.kind === 'drip'
      ? { milliseconds: fault.milliseconds ?? 50, timeline: parts.world.timeline, now: parts.world.now }
      : null;
  sendReply(response, reply, pace);
  return reply.status;
}

function refusal(vendor: VendorModule, fault: Fault): Reply | null {
  if (fault.kind === 'error-before') return vendor.problem(fault.status ?? 503, 'Service unavailable');
  if (fault.kind !== 'rate-limit') return null;
  const reply = vendor.problem(429, 'Too Many Requests');
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(fault.retryAfter ?? 1) } };
}

function sendNow(response: ServerResponse, reply: Reply): number {
  sendReply(response, reply);
  return reply.status;
}

function breakOff(response: ServerResponse): null {
  response.socket?.resetAndDestroy();
  return null;
}

function pause(world: World, struck: readonly Fault[], when: 'before' | 'after'): Promise<void> | undefined {
  const milliseconds = struck
    .filter((fault) => fault.kind === 'latency' && (fault.when ?? 'before') === when)
    .reduce((sum, fault) => sum + (fault.milliseconds ?? 0), 0);
  if (milliseconds === 0) return undefined;
  return new Promise((resolve) => world.timeline.at(world.now() + milliseconds, resolve));
}
