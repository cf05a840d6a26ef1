import { unexplained, type Ending } from './ending.ts';
import type { Fault } from './fault.ts';
import { judgeLink } from './link.ts';
import { openSegment, type SegmentReader } from './segment-reader.ts';
import type { SegmentFile } from './segments.ts';

/** A segment that was read to its end, and the files that come after it. */
export interface EndOfSegment {
  readonly reader: SegmentReader;
  readonly ending: Exclude<Ending, { readonly kind: 'more' }>;
  readonly files: readonly SegmentFile[];
  readonly node: string;
  /** Present boot id of the machine. */
  readonly boot: string;
}

type Successor =
  | SegmentReader
  | { readonly kind: 'end'; readonly torn: number | null }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Opens the segment whose first record continues the chain. */
export async function findSuccessor(end: EndOfSegment): Promise<Successor> {
  const { reader, ending, files, boot } = end;
  const found = await openFirst(end, files);
  if (found === null || 'fault' in found) {
    // The earlier of two faults is the one to name; only a crash of the machine would explain it.
    const own = unexplained(ending);
    if (own !== null && reader.header.boot === boot) return { kind: 'fault', fault: own };
    return found ?? { kind: 'end', torn: tornBytes(ending) };
  }
  const wrong = judgeLink({ header: reader.header, chain: reader.chain, ending }, found.header);
  if (wrong === null) return found;
  await found.close();
  const isSameEpoch = found.file.epoch === reader.file.epoch;
  return (isSameEpoch ? await passLost(end, found.header.durable) : null) ?? { kind: 'fault', fault: wrong };
}

/**
 * When the machine went down, what an epoch had written and not synced may be missing in its middle too: a later
 * segment reached the disk and the end of an earlier one did not. The epoch ends where it breaks, and the next one
 * links to that place. Null when that is not what happened: the later segment tells what was synced before it.
 */
async function passLost(end: EndOfSegment, durable: number): Promise<Successor | null> {
  const { reader, ending, files, boot } = end;
  if (reader.chain.position < durable) return null;
  const later = files.filter(({ epoch }) => epoch > reader.file.epoch);
  const next = await openFirst(end, later);
  if (next === null)
    return reader.header.boot === boot ? null : { kind: 'end', torn: tornBytes(ending) ?? 0 };
  if ('fault' in next) return next;
  const isLinked = judgeLink({ header: reader.header, chain: reader.chain, ending }, next.header) === null;
  if (isLinked && next.header.boot !== reader.header.boot) return next;
  await next.close();
  return null;
}

async function openFirst(
  { node }: EndOfSegment,
  files: readonly SegmentFile[],
): Promise<SegmentReader | { readonly kind: 'fault'; readonly fault: Fault } | null> {
  for (const file of files) {
    const found = await openSegment(file, node);
    if (found === 'blank') continue;
    return 'kind' in found ? { kind: 'fault', fault: found } : found;
  }
  return null;
}

/** Bytes that were never finished; null when nothing follows. */
export function tornBytes(ending: EndOfSegment['ending']): number | null {
  return ending.kind === 'clean' ? null : ending.bytes;
}
