import type { Upstream } from '../gateway/upstream.ts';
import { unreachable } from '../gateway/unreachable.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';

/** Sends a request of the primary's own; `origin` replaces the vendor's host when it is not null. */
export type Send = (request: WireRequest, origin: string | null) => Promise<WireResponse>;

/** A page of a vendor's list can be large; nothing that is looked up comes near this. */
const LARGEST = 16 * 1024 * 1024;

/** Gives whole answers: half a list would be no list. Throws `upstream_unreachable` for one that does not end well. */
export function createSender(upstream: Pick<Upstream, 'send'>, identity: string): Send {
  return async (request, origin) => {
    const where = origin ?? `https://${request.host}`;
    const result = await upstream.send(where, identity, request, { upload: null });
    if (result.kind !== 'answered')
      throw unreachable(where, result.kind === 'lost' ? 'lost' : 'unreachable', result.error);
    const { status, headers, body, rest } = result;
    return { status, headers, body: rest === null ? body : await gather(where, body, rest) };
  };
}

async function gather(where: string, first: Buffer, rest: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts = [first];
  let size = first.length;
  try {
    for await (const part of rest) {
      size += part.length;
      if (size > LARGEST) throw new Error(`the answer is larger than ${LARGEST} bytes`);
      parts.push(part);
    }
  } catch (error) {
    throw unreachable(where, 'lost', error);
  }
  return Buffer.concat(parts, size);
}
