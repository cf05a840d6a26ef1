import { Pool, type Dispatcher } from 'undici';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import type { Refused } from '../intent/decision.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { Upload } from './app-request.ts';
import { answerHeaders } from './headers.ts';

const CONNECTIONS = 256;
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

/** Connections to vendors: one pool for each origin and credential, redirects off, no retries, TLS 1.2 or later. */
export function createUpstream(): Upstream {
  const pools = new Map<string, Map<string, Pool>>();
  const poolFor = (origin: string, identity: string): Pool => {
    let own = pools.get(identity);
    if (own === undefined) pools.set(identity, (own = new Map<string, Pool>()));
    let pool = own.get(origin);
    if (pool === undefined) own.set(origin, (pool = openPool(origin)));
    return pool;
  };
  return Object.freeze({
    send(origin: string, identity: string, request: WireRequest, sending: Sending) {
      return dispatch(poolFor(origin, identity), request, sending);
    },
    async close() {
      const all = [...pools.values()].flatMap((own) => [...own.values()]);
      await Promise.allSettled(all.map((pool) => pool.close()));
    },
  });
}

function openPool(origin: string): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: HEADERS_TIMEOUT,
    bodyTimeout: BODY_TIMEOUT,
    keepAliveTimeout: 10_000,
    connect: { timeout: CONNECT_TIMEOUT, minVersion: 'TLSv1.2', maxCachedSessions: 100 },
  });
}

function dispatch(pool: Pool, request: WireRequest, sending: Sending): Promise<UpstreamResult> {
  return new Promise((resolve) => {
    pool.dispatch(optionsOf(request, sending.upload), new Collector(resolve, sending.withdrawn));
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

/** Gathers an answer without promises or streams while it is small. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: UpstreamResult) => void;
  readonly #withdrawn: (() => Refused | null) | undefined;
  #sent = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #decoder: Transform | null = null;
  #parts: Buffer[] = [];
  #size = 0;
  #stream: PassThrough | null = null;
  #ended = false;

  constructor(resolve: (result: UpstreamResult) => void, withdrawn: Sending['withdrawn']) {
    this.#resolve = resolve;
    this.#withdrawn = withdrawn;
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
    this.#decoder = decoderFor(headers['content-encoding']);
    if (this.#decoder !== null) this.#startStream(controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#stream === null) {
      this.#parts.push(chunk);
      this.#size += chunk.length;
      if (this.#size > WHOLE) this.#startStream(controller);
      return;
    }
    if (this.#write(chunk)) return;
    controller.pause();
    (this.#decoder ?? this.#stream).once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#ended = true;
    if (this.#stream !== null) {
      (this.#decoder ?? this.#stream).end();
      return;
    }
    const [only] = this.#parts;
    const body =
      this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts, this.#size);
    this.#answer(body, null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#ended = true;
    if (this.#stream !== null) this.#stream.destroy(error);
    else this.#resolve({ kind: this.#sent ? 'lost' : 'unreachable', error });
  }

  /** Whoever destroys the stream wants no more: the vendor's connection is not kept for an answer that nobody reads. */
  #startStream(controller: Dispatcher.DispatchController): void {
    const stream = new PassThrough({ highWaterMark: WHOLE });
    this.#stream = stream;
    const decoder = this.#decoder;
    decoder?.on('error', (error) => stream.destroy(error)).pipe(stream);
    stream.once('close', () => {
      decoder?.destroy();
      if (!this.#ended) controller.abort(new Error('The answer is not read any more.'));
    });
    this.#answer(Buffer.concat(this.#parts, this.#size), stream);
  }

  #write(chunk: Buffer): boolean {
    return (this.#decoder ?? this.#stream)?.write(chunk) ?? true;
  }

  #answer(body: Buffer, rest: Readable | null): void {
    this.#resolve({ kind: 'answered', status: this.#status, headers: this.#headers, body, rest });
  }
}

/** A vendor that compresses although it was asked not to. */
function decoderFor(encoding: string | string[] | undefined): Transform | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : null;
}
