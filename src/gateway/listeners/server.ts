import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { RingfenceError, type ErrorCode } from '../../kernel/errors.ts';
import type { Counters } from '../counters.ts';
import type { Exchange, Place } from '../exchange.ts';
import { createTurns } from './turns.ts';

/** Deadlines and caps of every listener that apps reach. */
export const STRICT: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  requireHostHeader: true,
  highWaterMark: 64 * 1024,
};

/** How long a client has to read why its connection ends. */
const LINGER_MILLISECONDS = 1_000;

export type Locate = (request: IncomingMessage) => Place | null;

export interface ListenerOptions {
  readonly exchange: Exchange;
  readonly locate: Locate;
  readonly counters: Counters;
  readonly connections: number;
  /** Takes over the connection of a CONNECT that comes behind answered requests only; without it, each is refused. */
  readonly tunnel?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** True once the gateway stops: a request that is under way is answered, and its connection closed with the answer. */
  readonly isClosing?: () => boolean;
}

/** An HTTP server that knows which of its connections have not sent a complete request. */
export interface Listener extends Server {
  /** Closes them; node:http takes them for busy. */
  closeWaiting(): void;
}

/** A strict HTTP/1.1 server whose requests go through the exchange. */
export function createListener(options: ListenerOptions): Listener {
  const { exchange, locate, counters, connections, tunnel, isClosing = () => false } = options;
  /** The latest of each connection: answers leave in the order of requests. */
  const latest = new WeakMap<Socket, ServerResponse>();
  const turns = createTurns();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // The connection ends with that answer: what came behind must not happen, as nobody would be told of it.
    if (latest.get(request.socket)?.shouldKeepAlive === false) return;
    latest.set(request.socket, response);
    const begin = (): void => {
      if (isClosing()) response.shouldKeepAlive = false;
      void exchange(request, response, locate(request));
    };
    turns.take(request.socket, { response, begin });
  };
  const server = createServer(STRICT, handle);
  server.maxConnections = connections;
  server.on('connection', turns.watch);
  server.on('checkContinue', (request, response) => {
    // The client is asked for the body when somebody reads it: a refusal that needs none is the first it hears.
    request.once('resume', () => void (response.headersSent || response.writeContinue()));
    handle(request, response);
  });
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    counters.malformed += 1;
    const response = latest.get(socket);
    if (response !== undefined && isAwaited(response)) endWith(response, socket);
    else rejectSocket(socket, REJECTIONS.get(error.code) ?? NOT_HTTP);
  });
  const open = openSockets(server);
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy()); // node:http listens no more, and an error that nobody hears ends the process.
    const response = latest.get(socket);
    if (response !== undefined && isAnswering(response)) return endWith(response, socket);
    if (response?.shouldKeepAlive === false) return;
    if (tunnel === undefined) return rejectSocket(socket, NO_TUNNEL);
    open.delete(socket);
    tunnel(request, socket, head);
  });
  return Object.assign(server, {
    closeWaiting() {
      for (const socket of open) if (!isAnswering(latest.get(socket))) socket.destroy();
    },
  });
}

/** The connections of a server until they end. */
function openSockets(server: Server): Set<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/** The answer that is under way is the last on its connection: what came behind it is not begun. */
function endWith(response: ServerResponse, socket: Socket): void {
  if (response.shouldKeepAlive) response.once('close', () => endSocket(socket, ''));
  response.shouldKeepAlive = false;
}

function isAnswering(response: ServerResponse | undefined): boolean {
  return response !== undefined && !response.writableFinished && !response.destroyed;
}

/**
 * A listener that is handed its connections instead of listening. `node:http` begins to watch deadlines, and to know
 * its connections, on `listening`; without it a slow client would be waited for without end.
 */
export function createInnerListener(options: ListenerOptions): Listener {
  const server = createListener(options);
  server.emit('listening');
  return server;
}

/** Status line, code, and the remedy where it is not that of the code. */
type Rejection = readonly [line: string, code: ErrorCode, remedy?: string];

/** Answers to what Node's parser rejects, by its error code. */
const REJECTIONS: ReadonlyMap<string | undefined, Rejection> = new Map<string, Rejection>([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'request_timeout']],
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'request_too_large']],
]);
const NOT_HTTP: Rejection = ['400 Bad Request', 'request_malformed'];
/** Many clients show nothing of a refused CONNECT but its status line. */
const NO_TUNNEL: Rejection = [
  '405 This port of Ringfence opens no tunnels: proxy variables name listeners.proxy',
  'request_malformed',
  'Let the proxy variables name listeners.proxy; this port opens no tunnels.',
];

/** A complete request may have been sent on: the app must not take the refusal of what follows for its answer. */
function isAwaited(response: ServerResponse): boolean {
  return response.req.complete && isAnswering(response);
}

function rejectSocket(socket: Socket, [line, code, remedy]: Rejection): void {
  const { message: title, hint } = new RingfenceError(code);
  // No vendor is known yet. An SDK that gets no body tells of its own parser, not of us.
  const status = Number.parseInt(line, 10);
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: remedy ?? hint, code });
  const headers = `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}`;
  const decision = `ringfence-decision: denied; code=${code}`;
  endSocket(socket, `HTTP/1.1 ${line}\r\nconnection: close\r\n${headers}\r\n${decision}\r\n\r\n${body}`);
}

/**
 * The last words on a connection. A peer that keeps its own side open, does not read them, or has not even completed the
 * handshake cannot hold it open any longer.
 */
export function endSocket(socket: Socket, words: string): void {
  if (socket.destroyed || !socket.writable) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MILLISECONDS);
  socket.once('close', () => clearTimeout(timer)).end(words);
}
