import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { RingfenceError } from '../../kernel/errors.ts';

/** What a vendor said to a request of the procedure. */
export type Reply =
  | { readonly kind: 'answer'; readonly response: WireResponse }
  /** No answer, or one that says nothing (408, 429, 5xx): what became of the request is not known. */
  | { readonly kind: 'unknown'; readonly problem: string };

export interface VendorLine {
  /** Sends once. */
  once(request: WireRequest): Promise<Reply>;
  /** Sends up to `TRIES` times with growing pauses: for requests that may be sent twice. */
  patiently(request: WireRequest): Promise<Reply>;
}

const TRIES = 6;
const FIRST_PAUSE = 250;

export interface VendorLineOptions {
  readonly send: (request: WireRequest) => Promise<WireResponse>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export function createVendorLine({ send, sleep }: VendorLineOptions): VendorLine {
  async function once(request: WireRequest): Promise<Reply> {
    try {
      const response = await send(request);
      const isClear = response.status < 500 && response.status !== 429 && response.status !== 408;
      return isClear
        ? { kind: 'answer', response }
        : { kind: 'unknown', problem: `the vendor answered ${response.status}` };
    } catch (error) {
      if (!(error instanceof RingfenceError)) throw error;
      return { kind: 'unknown', problem: error.message };
    }
  }
  return {
    once,
    async patiently(request) {
      let reply = await once(request);
      for (let tries = 1; reply.kind === 'unknown' && tries < TRIES; tries++) {
        await sleep(FIRST_PAUSE * 2 ** (tries - 1));
        reply = await once(request);
      }
      return reply;
    },
  };
}

export function isOk({ status }: WireResponse): boolean {
  return status >= 200 && status < 300;
}
