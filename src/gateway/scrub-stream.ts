import type { Scrubber } from './scrub.ts';

/**
 * Scrubs a large answer part by part. The end of each part is held back so that a secret that straddles two parts
 * is found as well.
 */
export async function* scrubStream(
  first: Buffer,
  rest: AsyncIterable<Buffer>,
  scrubber: Scrubber,
): AsyncGenerator<Buffer> {
  let held: Buffer = first;
  for await (const part of rest) {
    const joined = scrubber.bytes(Buffer.concat([held, part]));
    const keep = Math.min(scrubber.overlap, joined.length);
    if (joined.length > keep) yield joined.subarray(0, joined.length - keep);
    held = joined.subarray(joined.length - keep);
  }
  const last = scrubber.bytes(held);
  if (last.length > 0) yield last;
}
