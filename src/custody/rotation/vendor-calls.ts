import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { RingfenceError } from '../../kernel/errors.ts';

/** What a vendor said to a request of the procedure. */
export type Reply =
  | { readonly kind: 'answer'; readonly response: WireResponse }
  /** No answer, or one that says nothing (408, 429, 5xx): what became of the request is not known. */
  | { readonly kind: 'unknown'; readonly problem: string }
  /** The vendor was not reached: not a byte of the request has left. */
  | { readonly kind: 'unsent'; readonly problem: string };

export interface VendorLine {
  /** Sends once; tries a few times to reach the vendor. */
  once(request: WireRequest): Promise<Reply>;
  /** Sends up to `TRIES` times with growing pauses: for requests that may be sent twice. */
  patiently(request: WireRequest): Promise<Reply>;
}

const TRIES = 6;
const TRIES_TO_REACH = 3;
const FIRST_PAUSE_MILLISECONDS = 250;

export interface VendorLineOptions {
  readonly send: (request: WireRequest) => Promise<WireResponse>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export function createVendorLine({ send, sleep }: VendorLineOptions): VendorLine {
  async function attempt(request: WireRequest): Promise<Reply> {
    try {
      const response = await send(request);
      const isClear = response.status < 500 && response.status !== 429 && response.status !== 408;
      return isClear
        ? { kind: 'answer', response }
        : { kind: 'unknown', problem: `the vendor answered ${response.status}` };
    } catch (error) {
      if (!(error instanceof RingfenceError)) throw error;
      return { kind: error.code === 'upstream_unreachable' ? 'unsent' : 'unknown', problem: error.message };
    }
  }
  async function repeat(
    request: WireRequest,
    { most, isOver }: { readonly most: number; readonly isOver: (reply: Reply) => boolean },
  ): Promise<Reply> {
    let reply = await attempt(request);
    for (let tries = 1; !isOver(reply) && tries < most; tries++) {
      await sleep(FIRST_PAUSE_MILLISECONDS * 2 ** (tries - 1));
      reply = await attempt(request);
    }
    return reply;
  }
  return {
    once: (request) => repeat(request, { most: TRIES_TO_REACH, isOver: ({ kind }) => kind !== 'unsent' }),
    patiently: (request) => repeat(request, { most: TRIES, isOver: ({ kind }) => kind === 'answer' }),
  };
}

export function isOk({ status }: WireResponse): boolean {
  return status >= 200 && status < 300;
}
