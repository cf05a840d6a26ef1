import { Pool, type Dispatcher } from 'undici';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import type { Refused } from '../intent/decision.ts';
import type { WireRequest } from '../vendors/wire.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Upload } from './app-request.ts';
import { answerHeaders } from './headers.ts';
import { createLane, type Lane } from './lane.ts';

const CONNECTIONS = 256;
/** Requests that wait for one of these, and how long in ms: nobody wants a message sent that was given up long ago. */
const WAITING = 4096;
const PATIENCE = 10_000;
const HEADERS_TIMEOUT = 30_000;
const BODY_TIMEOUT = 60_000;
const CONNECT_TIMEOUT = 5_000;
/** Answers up to this size are held whole; the rest of a larger one is streamed. */
const WHOLE = 256 * 1024;

/**
 * What came of a request to the vendor.
 * - `answered`: status, headers and body; `rest` follows `body` when the answer is large.
 * - `unreachable`: no byte was sent, nothing can have happened.
 * - `withdrawn`: the same; it waited for a connection, and may not leave any more.
 * - `lost`: the request may have arrived; nobody can tell.
 */
export type UpstreamResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Record<string, string>;
      readonly body: Buffer;
      readonly rest: Readable | null;
    }
  | { readonly kind: 'withdrawn'; readonly error: Error; readonly refused: Refused }
  | { readonly kind: 'unreachable' | 'lost'; readonly error: Error };

export interface Sending {
  readonly upload: Upload | null;
  /** Asked when a connection is there and nothing has been sent: a refusal keeps the request here. */
  readonly withdrawn?: () => Refused | null;
}

export interface Upstream {
  send(origin: string, identity: string, request: WireRequest, sending: Sending): Promise<UpstreamResult>;
  close(): Promise<void>;
}

/** The connections to one origin with one credential, and who may use them now. */
interface Route {
  readonly pool: Pool;
  readonly lane: Lane;
}

/** Connections to vendors: one pool for each origin and credential, redirects off, no retries, TLS 1.2 or later. */
export function createUpstream(patience = PATIENCE): Upstream {
  const routes = new Map<string, Map<string, Route>>();
  const routeFor = (origin: string, identity: string): Route => {
    let own = routes.get(identity);
    if (own === undefined) routes.set(identity, (own = new Map<string, Route>()));
    let route = own.get(origin);
    if (route === undefined) own.set(origin, (route = openRoute(origin, patience)));
    return route;
  };
  return Object.freeze({
    async send(origin: string, identity: string, request: WireRequest, sending: Sending) {
      const route = routeFor(origin, identity);
      const entered = route.lane.enter();
      if (entered === true || (entered !== false && (await entered)))
        return dispatch(route, request, sending);
      return { kind: 'unreachable', error: new RingfenceError('overloaded') } satisfies UpstreamResult;
    },
    async close() {
      const all = [...routes.values()].flatMap((own) => [...own.values()]);
      await Promise.allSettled(all.map(({ pool }) => pool.close()));
    },
  });
}

function openRoute(origin: string, patience: number): Route {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false, // undici sends a request again when an HTTP/2 peer says that it refused it, whether it did or not.
    headersTimeout: HEADERS_TIMEOUT,
    bodyTimeout: BODY_TIMEOUT,
    keepAliveTimeout: 10_000,
    connect: { timeout: CONNECT_TIMEOUT, minVersion: 'TLSv1.2', maxCachedSessions: 100 },
  });
  return { pool, lane: createLane({ places: CONNECTIONS, waiting: WAITING, patience }) };
}

function dispatch({ pool, lane }: Route, request: WireRequest, sending: Sending): Promise<UpstreamResult> {
  const { upload, withdrawn } = sending;
  return new Promise((resolve) => {
    pool.dispatch(
      optionsOf(request, upload),
      new Collector({ resolve, withdrawn, leave: () => lane.leave() }),
    );
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

/** Where an answer comes from: the vendor's connection, or the decoder behind it. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

interface Collecting extends Pick<Sending, 'withdrawn'> {
  readonly resolve: (result: UpstreamResult) => void;
  /** Called once, when the connection is free. */
  readonly leave: () => void;
}

/** Gathers an answer without promises or streams while it is small. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: UpstreamResult) => void;
  readonly #withdrawn: Sending['withdrawn'];
  readonly #leave: () => void;
  #sent = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #decoder: Transform | null = null;
  #hasBody = false;
  #parts: Buffer[] = [];
  #size = 0;
  #stream: PassThrough | null = null;
  #ended = false;

  constructor({ resolve, withdrawn, leave }: Collecting) {
    this.#resolve = resolve;
    this.#withdrawn = withdrawn;
    this.#leave = leave;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const refused = this.#withdrawn?.() ?? null;
    if (refused !== null) {
      const error = new Error('The request may not leave any more.');
      this.#resolve({ kind: 'withdrawn', error, refused });
      return controller.abort(error);
    }
    this.#sent = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = answerHeaders(headers);
    const coding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
    if (coding === 'identity') return;
    const open = DECODERS.get(coding);
    if (open === undefined) controller.abort(new Error(`The answer has the coding ${coding}.`));
    else this.#decodeWith(open(), controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#hasBody = true;
    if (this.#decoder === null) this.#take(chunk, controller, controller);
    else if (!this.#decoder.write(chunk)) {
      controller.pause();
      this.#decoder.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(): void {
    this.#end();
    if (this.#decoder !== null && this.#hasBody) this.#decoder.end();
    else this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#decoder?.destroy();
    this.#fail(error);
  }

  #end(): void {
    if (!this.#ended) this.#leave();
    this.#ended = true;
  }

  #decodeWith(decoder: Transform, controller: Dispatcher.DispatchController): void {
    this.#decoder = decoder
      .on('data', (chunk: Buffer) => this.#take(chunk, decoder, controller))
      .on('end', () => this.#finish())
      .on('error', (error) => (this.#ended ? this.#fail(error) : controller.abort(error)));
  }

  #take(chunk: Buffer, source: Source, controller: Dispatcher.DispatchController): void {
    const stream = this.#stream;
    if (stream === null) {
      this.#parts.push(chunk);
      this.#size += chunk.length;
      if (this.#size > WHOLE) this.#startStream(controller);
    } else if (!stream.write(chunk)) {
      source.pause();
      stream.once('drain', () => source.resume());
    }
  }

  #finish(): void {
    if (this.#stream !== null) {
      this.#stream.end();
      return;
    }
    const [only] = this.#parts;
    const body =
      this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts, this.#size);
    this.#answer(body, null);
  }

  #fail(error: Error): void {
    if (this.#stream !== null) this.#stream.destroy(error);
    else this.#resolve({ kind: this.#sent ? 'lost' : 'unreachable', error });
  }

  /** Whoever destroys the stream wants no more: the vendor's connection is not kept for an answer that nobody reads. */
  #startStream(controller: Dispatcher.DispatchController): void {
    this.#stream = new PassThrough({ highWaterMark: WHOLE })
      .on('error', () => {}) // It may break before it has a reader, who learns of it all the same.
      .once('close', () => {
        this.#decoder?.destroy();
        if (!this.#ended) controller.abort(new Error('The answer is not read any more.'));
      });
    this.#answer(Buffer.concat(this.#parts, this.#size), this.#stream);
  }

  #answer(body: Buffer, rest: Readable | null): void {
    this.#resolve({ kind: 'answered', status: this.#status, headers: this.#headers, body, rest });
  }
}

/** For a vendor that compresses although it was asked not to. What is coded otherwise could hide a secret, and is lost. */
const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);
