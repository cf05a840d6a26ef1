import { PassThrough, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Refused } from '../intent/decision.ts';
import { answerHeaders } from './headers.ts';

/** Answers up to this size are held whole; the rest of a larger one is streamed. */
const WHOLE_BYTES = 256 * 1024;

/**
 * What came of a request to the vendor.
 * - `answered`: status, headers and body; `rest` follows `body` when the answer is large.
 * - `unreachable`: no byte was sent, nothing can have happened.
 * - `withdrawn`: no byte was sent; while it waited for a connection, its key or its kind of request was stopped.
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

/** What can be told to pause while the app reads too slowly: the vendor's connection, or the decoder behind it. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

interface Recipient {
  readonly resolve: (result: UpstreamResult) => void;
  /** Asked when a connection is there and nothing has been sent. */
  readonly withdrawn: () => Refused | null;
  /** Called once, when the connection is free. */
  readonly release: () => void;
  /** Monotonic ms until which the answer must have come whole, or its stream begun. */
  readonly end: number;
}

/** Gathers an answer without promises or streams while it is small. */
export class Collector implements Dispatcher.DispatchHandler {
  readonly #recipient: Recipient;
  #sent = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #decoder: Transform | null = null;
  #hasBody = false;
  #parts: Buffer[] = [];
  #size = 0;
  #stream: PassThrough | null = null;
  #ended = false;

  constructor(recipient: Recipient) {
    this.#recipient = recipient;
  }

  /** An error thrown here ends the request before it is sent; `abort` would end the connection as well. */
  onRequestStart(): void {
    const { resolve, withdrawn } = this.#recipient;
    const refused = withdrawn();
    if (refused !== null) {
      const error = new Error('The request may not leave any more.');
      resolve({ kind: 'withdrawn', error, refused });
      throw error;
    }
    this.#sent = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#isLate(controller) || status < 200) return;
    this.#status = status;
    this.#headers = answerHeaders(headers);
    if (WIDE.test(String(headers['content-type'])))
      return controller.abort(new Error('The answer is text in UTF-16 or the like.'));
    const transfer = codingOf(headers['transfer-encoding']);
    if (transfer !== '' && transfer !== 'chunked')
      return controller.abort(new Error(`The answer has the transfer coding ${transfer}.`));
    const coding = codingOf(headers['content-encoding']);
    if (coding === '') return;
    const open = DECODERS.get(coding);
    if (open === undefined) controller.abort(new Error(`The answer has the coding ${coding}.`));
    else this.#decodeWith(open(), controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isLate(controller)) return;
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

  #isLate(controller: Dispatcher.DispatchController): boolean {
    const isLate = this.#stream === null && performance.now() > this.#recipient.end;
    if (isLate) controller.abort(new Error('The answer took too long.'));
    return isLate;
  }

  #end(): void {
    if (!this.#ended) this.#recipient.release();
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
      if (this.#size > WHOLE_BYTES) this.#startStream(controller);
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
    else this.#recipient.resolve({ kind: this.#sent ? 'lost' : 'unreachable', error });
  }

  /** When the reader destroys the stream, the vendor's connection is not kept for an answer that nobody reads. */
  #startStream(controller: Dispatcher.DispatchController): void {
    this.#stream = new PassThrough({ highWaterMark: WHOLE_BYTES })
      .on('error', () => {}) // It may break before anybody reads it; whoever reads it later gets the error then.
      .once('close', () => {
        this.#decoder?.destroy();
        if (!this.#ended) controller.abort(new Error('The answer is not read any more.'));
      });
    this.#answer(Buffer.concat(this.#parts, this.#size), this.#stream);
  }

  #answer(body: Buffer, rest: Readable | null): void {
    this.#recipient.resolve({ kind: 'answered', status: this.#status, headers: this.#headers, body, rest });
  }
}

/** Charsets in which no secret, and no field that holds one, looks as it does in ASCII. */
const WIDE = /charset\s*=\s*"?(?:utf-?(?:7|16|32)|ucs-?[24]|unicode|iso-10646)/i;

/** The codings other than `identity`; empty when the body is not encoded. */
function codingOf(stated: string | string[] | undefined): string {
  if (stated === undefined) return '';
  const codings = String(stated).toLowerCase().split(',');
  return codings
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity')
    .join();
}

/**
 * For a vendor that compresses although it was asked not to. An answer in any other coding could hide a secret, and counts
 * as lost. So does zstd: of several frames in a chunk Node's decoder returns the first and silently drops the others.
 */
const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);
