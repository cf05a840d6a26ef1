import { unexplained, type Ending } from './ending.ts';
import { fault, type Fault } from './fault.ts';
import type { Chain } from './format.ts';
import type { SegmentHeader } from './header.ts';

/** A segment that was read to its end. */
export interface ReadSegment {
  readonly header: SegmentHeader;
  readonly chain: Readonly<Chain>;
  readonly ending: Exclude<Ending, { readonly kind: 'more' }>;
}

/** What is wrong between a segment and the one that follows it; null when nothing is. */
export function judgeLink(read: ReadSegment, next: SegmentHeader): Fault | null {
  if (next.node !== read.header.node)
    return faultAt(
      next,
      0,
      'reordered',
      `its segment belongs to node ${read.header.node}, this one does not`,
    );
  return next.epoch === read.header.epoch ? judgeWithin(read, next) : judgeBetween(read, next);
}

function judgeWithin({ header, chain, ending }: ReadSegment, next: SegmentHeader): Fault | null {
  if (next.first === chain.position && next.chain === chain.head) return null;
  if (ending.kind === 'fault') return ending.fault;
  if (next.first < chain.position)
    return faultAt(header, next.first, 'reordered', 'it stands in two segments');
  if (next.first === chain.position)
    return faultAt(header, chain.position, 'replaced', 'its segment does not continue the chain');
  if (ending.kind === 'torn')
    return faultAt(
      header,
      chain.position,
      'damaged',
      'its bytes do not fit their checksum, later segments follow',
    );
  return faultAt(header, chain.position, 'removed', `it is missing; record ${next.first} follows`);
}

/**
 * Between two epochs the later one says where the earlier one ended. Bytes beyond that are explained when the machine
 * went down in between: the disk may have kept later pages of a write and lost earlier ones.
 */
function judgeBetween({ header, chain, ending }: ReadSegment, next: SegmentHeader): Fault | null {
  if (next.first !== 0) return faultAt(next, 0, 'removed', 'the segment that it was in is missing');
  const linked = next.chain === chain.head;
  const crashed = header.boot !== next.boot;
  const own = unexplained(ending);
  if (own !== null && !(linked && crashed)) return own;
  if (linked) return null;
  if (next.epoch > header.epoch + 1)
    return faultAt({ ...header, epoch: header.epoch + 1 }, 0, 'removed', 'its epoch is missing');
  return faultAt(
    header,
    chain.position,
    'truncated',
    `it is missing, or what stands before it was put back after epoch ${next.epoch} had begun without that`,
  );
}

function faultAt(
  { node, epoch }: Pick<SegmentHeader, 'node' | 'epoch'>,
  position: number,
  kind: Fault['kind'],
  what: string,
): Fault {
  return fault(kind, { node, epoch, position }, what);
}
