import { Pool, type Dispatcher } from 'undici';
import type { Refused } from '../intent/decision.ts';
import type { WireRequest } from '../vendors/wire.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Upload } from './app-request.ts';
import { Collector, type UpstreamResult } from './collector.ts';
import { createLane, type Lane } from './lane.ts';

const CONNECTIONS = 256;
/** Requests that wait for one of these, and how long in ms: nobody wants a message sent that was given up long ago. */
const WAITING = 4096;
const PATIENCE = 10_000;
/** Nobody waits longer for an answer that neither comes nor is missing: a byte now and then, early hints without end. */
const LONGEST = 120_000;
const HEADERS_TIMEOUT = 30_000;
const BODY_TIMEOUT = 60_000;
const CONNECT_TIMEOUT = 5_000;

export interface Sending {
  readonly upload: Upload | null;
  /** Asked when a connection is there and nothing has been sent: a refusal keeps the request here. */
  readonly withdrawn?: () => Refused | null;
}

export interface Upstream {
  send(origin: string, identity: string, request: WireRequest, sending: Sending): Promise<UpstreamResult>;
  /** Lets what is under way end first. */
  close(): Promise<void>;
  /** At once; who waits for an answer hears that none will come. */
  abandon(): Promise<void>;
}

/** Both in ms. */
export interface UpstreamLimits {
  /** Until there is a connection to the vendor. */
  readonly patience: number;
  /** Until a small answer has come whole, or a large one has begun. */
  readonly longest: number;
}

/** The connections to one origin with one credential, and who may use them now. */
interface Route {
  readonly pool: Pool;
  readonly lane: Lane;
  readonly longest: number;
}

/** Connections to vendors: one pool for each origin and credential, redirects off, no retries, TLS 1.2 or later. */
export function createUpstream(limits: UpstreamLimits = { patience: PATIENCE, longest: LONGEST }): Upstream {
  const routes = new Map<string, Map<string, Route>>();
  const routeFor = (origin: string, identity: string): Route => {
    let own = routes.get(identity);
    if (own === undefined) routes.set(identity, (own = new Map<string, Route>()));
    let route = own.get(origin);
    if (route === undefined) own.set(origin, (route = openRoute(origin, limits)));
    return route;
  };
  async function all(end: (pool: Pool) => Promise<void>): Promise<void> {
    const pools = [...routes.values()].flatMap((own) => [...own.values()].map(({ pool }) => pool));
    await Promise.allSettled(pools.map(end));
  }
  return Object.freeze({
    async send(origin: string, identity: string, request: WireRequest, sending: Sending) {
      const route = routeFor(origin, identity);
      const entered = route.lane.enter();
      if (entered === true || (entered !== false && (await entered)))
        return dispatch(route, request, sending);
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
    headersTimeout: HEADERS_TIMEOUT,
    bodyTimeout: BODY_TIMEOUT,
    keepAliveTimeout: 10_000,
    connect: {
      timeout: CONNECT_TIMEOUT,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true, // Else NODE_TLS_REJECT_UNAUTHORIZED decides who gets the real credentials.
      maxCachedSessions: 100,
    },
  });
  return { pool, lane: createLane({ places: CONNECTIONS, waiting: WAITING, patience }), longest };
}

function dispatch(
  { pool, lane, longest }: Route,
  request: WireRequest,
  { upload, withdrawn = () => null }: Sending,
): Promise<UpstreamResult> {
  return new Promise((resolve) => {
    const end = performance.now() + longest;
    const collector = new Collector({ resolve, withdrawn, leave: () => lane.leave(), end });
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
