import { Pool, type Dispatcher } from 'undici';
import type { Refused } from '../intent/decision.ts';
import type { WireRequest } from '../vendors/wire.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Upload } from './app-request.ts';
import { Collector, type UpstreamResult } from './collector.ts';
import { createRoutes, KEEP_ALIVE_MILLISECONDS, type Route } from './routes.ts';
import { createSemaphore } from './semaphore.ts';

const CONNECTIONS = 256;
/** Requests that may wait for a connection. */
const MAX_WAITING = 4096;
/** Nobody wants a message sent that its sender has given up long ago. */
const CONNECTION_WAIT_MILLISECONDS = 10_000;
/** Also for an answer that never stalls long enough for the timeouts below: a byte now and then, early hints without end. */
const ANSWER_WAIT_MILLISECONDS = 120_000;
const HEADERS_TIMEOUT_MILLISECONDS = 30_000;
const BODY_TIMEOUT_MILLISECONDS = 60_000;
const CONNECT_TIMEOUT_MILLISECONDS = 5_000;

export interface Sending {
  readonly upload: Upload | null;
  /** Asked when a connection is there and nothing has been sent: a refusal keeps the request here. */
  readonly withdrawn?: () => Refused | null;
}

export interface Upstream {
  send(origin: string, identity: string, request: WireRequest, sending: Sending): Promise<UpstreamResult>;
  /** Ends the connections once the requests under way have their answers. */
  close(): Promise<void>;
  /** Ends the connections at once; requests under way get no answer. */
  abandon(): Promise<void>;
}

/** How long to wait for a vendor, in ms. */
export interface UpstreamLimits {
  /** Until there is a connection to the vendor. */
  readonly patience: number;
  /** Until a small answer has come whole, or a large one has begun. */
  readonly longest: number;
}

const DEFAULT_LIMITS: UpstreamLimits = {
  patience: CONNECTION_WAIT_MILLISECONDS,
  longest: ANSWER_WAIT_MILLISECONDS,
};

/** Connections to vendors: one pool for each origin and credential, redirects off, no retries, TLS 1.2 or later. */
export function createUpstream(limits: UpstreamLimits = DEFAULT_LIMITS): Upstream {
  const routes = createRoutes(
    (origin) => openRoute(origin, limits),
    () => performance.now(),
  );
  async function all(end: (pool: Route['pool']) => Promise<void>): Promise<void> {
    await Promise.allSettled(routes.all().map(({ pool }) => end(pool)));
  }
  return Object.freeze({
    async send(origin: string, identity: string, request: WireRequest, sending: Sending) {
      const route = routes.find(origin, identity);
      const slot = route.slots.acquire();
      if (slot === true || (slot !== false && (await slot))) return dispatch(route, request, sending);
      return { kind: 'unreachable', error: new RingfenceError('overloaded') } satisfies UpstreamResult;
    },
    close: () => all((pool) => pool.close()),
    abandon: () => all((pool) => pool.destroy()),
  });
}

function openRoute(origin: string, { patience, longest }: UpstreamLimits): Route {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false, // undici sends a request again when an HTTP/2 peer says that it refused it, whether it did or not.
    headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
    bodyTimeout: BODY_TIMEOUT_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connect: {
      timeout: CONNECT_TIMEOUT_MILLISECONDS,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true, // Else NODE_TLS_REJECT_UNAUTHORIZED decides who gets the real credentials.
      maxCachedSessions: 100,
    },
  });
  const slots = createSemaphore({ slots: CONNECTIONS, waiting: MAX_WAITING, patience });
  return { pool, slots, longest, usedAt: 0 };
}

function dispatch(
  { pool, slots, longest }: Route,
  request: WireRequest,
  { upload, withdrawn = () => null }: Sending,
): Promise<UpstreamResult> {
  return new Promise((resolve) => {
    const end = performance.now() + longest;
    const collector = new Collector({ resolve, withdrawn, release: () => slots.release(), end });
    pool.dispatch(optionsOf(request, upload), collector);
  });
}

function optionsOf(request: WireRequest, upload: Upload | null): Dispatcher.DispatchOptions {
  const headers: string[] = ['host', request.host];
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value !== undefined) headers.push(name, value);
  }
  headers.push('accept-encoding', 'identity');
  if (upload !== null) headers.push('content-length', String(upload.length));
  const whole = request.body.length > 0 ? request.body : null;
  return {
    path: request.query === '' ? request.path : `${request.path}?${request.query}`,
    method: request.method,
    headers,
    body: upload === null ? whole : upload.stream,
  };
}
