import { createGathering } from '../kernel/gathering.ts';
import type { Upstream } from '../gateway/upstream.ts';
import { unreachable } from '../gateway/unreachable.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';

/** Sends a request of the primary's own; `origin` replaces the vendor's host when it is not null. */
export type Send = (request: WireRequest, origin: string | null) => Promise<WireResponse>;

/** A page of a vendor's list can be large; nothing that is looked up comes near this. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Milliseconds until a large answer must have come whole: a round of settlement waits for it, with all its accounts. */
const ANSWER_WAIT_MILLISECONDS = 120_000;

/**
 * Gives whole answers: half a list would be no list. Throws `upstream_unreachable` when nothing was sent, `upstream_unknown`
 * for an answer that does not end well.
 */
export function createSender(
  upstream: Pick<Upstream, 'send'>,
  identity: string,
  longest: number = ANSWER_WAIT_MILLISECONDS,
): Send {
  return async (request, origin) => {
    const end = performance.now() + longest;
    const where = origin ?? `https://${request.host}`;
    const result = await upstream.send(where, identity, request, { upload: null });
    if (result.kind !== 'answered')
      throw unreachable(where, result.kind === 'lost' ? 'lost' : 'unreachable', result.error);
    const { status, headers, body, rest } = result;
    return { status, headers, body: rest === null ? body : await gather({ where, end }, body, rest) };
  };
}

interface Answering {
  readonly where: string;
  /** Monotonic ms. */
  readonly end: number;
}

/** Silence ends at the time of the connection; what is looked at here is an answer that drips. */
async function gather(
  { where, end }: Answering,
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): Promise<Buffer> {
  const whole = createGathering();
  whole.add(first);
  try {
    for await (const part of rest) {
      if (performance.now() > end) throw new Error('the answer took too long');
      if (whole.size + part.length > MAX_ANSWER_BYTES)
        throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      whole.add(part);
    }
  } catch (error) {
    throw unreachable(where, 'lost', error);
  }
  return whole.whole();
}
