import {
  continues,
  FRAME_BYTES,
  isBlank,
  MAX_PAYLOAD,
  readFrame,
  readPosition,
  type Chain,
  type Frame,
} from './format.ts';
import { fault, type Fault } from './fault.ts';
import type { SegmentHeader } from './header.ts';

/**
 * What follows the last record that fits.
 * - `clean`: nothing; `torn`: the beginning of a record that was never finished; `cut`: set where the file ends with it, too
 * - `more`: a record that fits, written since
 * - `fault`: something that no crash of the process explains
 */
export type Ending =
  | { readonly kind: 'clean' }
  | { readonly kind: 'more' }
  | { readonly kind: 'torn'; readonly bytes: number; readonly cut: Fault | null }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly bytes: number };

/** What only a crash of the machine explains of it. */
export function unexplained(ending: Ending): Fault | null {
  if (ending.kind === 'torn') return ending.cut;
  return ending.kind === 'fault' ? ending.fault : null;
}

/** Judges the bytes from the end of `chain` to the end of the segment's file. */
export function judgeRest(rest: Buffer, chain: Chain, header: SegmentHeader): Ending {
  if (isBlank(rest)) return { kind: 'clean' };
  const frame = readFrame(rest, 0, rest.length);
  if (frame === null) return judgeBroken(rest, chain, header);
  if (continues(rest, 0, frame, chain)) return { kind: 'more' };
  return { kind: 'fault', fault: judgeFrame(rest, frame, { chain, header }), bytes: rest.length };
}

function judgeBroken(rest: Buffer, chain: Chain, header: SegmentHeader): Ending {
  const bytes = lastUsed(rest);
  const isLast = findFrame(rest, chain.position, Infinity) === null;
  const point = { node: header.node, epoch: header.epoch, position: chain.position };
  if (isLast && !isWritten(rest)) {
    const cut = endsWithin(rest) ? fault('truncated', point, 'its file ends in the middle of it') : null;
    return { kind: 'torn', bytes, cut };
  }
  const what = describeBroken(rest, isLast);
  return { kind: 'fault', fault: fault('damaged', point, what), bytes };
}

function describeBroken(rest: Buffer, isLast: boolean): string {
  if (isLast) return 'its bytes do not fit their checksum, although it was written to its end';
  if (isBlank(rest.subarray(0, FRAME_BYTES))) return 'it is blank, but later records follow';
  return 'its bytes do not fit their checksum, and later records follow';
}

/** Segments are zero-filled and writes go forward, so a record that a crash cut off ends in zeros. JSON does not. */
function isWritten(rest: Buffer): boolean {
  if (rest.length <= FRAME_BYTES) return false;
  const end = FRAME_BYTES + rest.readUInt32LE(0);
  return end > FRAME_BYTES && end <= Math.min(rest.length, FRAME_BYTES + MAX_PAYLOAD) && rest[end - 1] !== 0;
}

/** A record is begun only where it fits, and no crash of the process makes a file shorter: a copy was broken off. */
function endsWithin(rest: Buffer): boolean {
  return rest.length <= FRAME_BYTES || FRAME_BYTES + rest.readUInt32LE(0) > rest.length;
}

/** An intact frame that does not continue the chain. */
function judgeFrame(
  rest: Buffer,
  frame: Frame,
  { chain, header }: { readonly chain: Chain; readonly header: SegmentHeader },
): Fault {
  const point = { node: header.node, epoch: header.epoch, position: chain.position };
  if (frame.position === chain.position)
    return fault(
      'replaced',
      point,
      'its hash does not follow from the record before: one of the two was changed',
    );
  const moved = frame.position < chain.position || findFrame(rest, chain.position, chain.position) !== null;
  if (moved) return fault('reordered', point, `record ${frame.position} stands in its place`);
  return fault('removed', point, `it is missing; record ${frame.position} follows`);
}

/** Offset of the first intact frame whose position is in the range, or null. Looks at every byte. */
function findFrame(bytes: Buffer, lowest: number, highest: number): number | null {
  const end = bytes.length - FRAME_BYTES;
  const limit = Math.min(highest, lowest + Math.ceil(bytes.length / FRAME_BYTES));
  for (let offset = 0; offset < end; offset += 1) {
    const length = bytes.readUInt32LE(offset);
    if (length === 0 || length > MAX_PAYLOAD) continue;
    const position = readPosition(bytes, offset + 8);
    if (position < lowest || position > limit) continue;
    if (readFrame(bytes, offset, bytes.length) !== null) return offset;
  }
  return null;
}

/** Number of bytes up to the last one that is not zero. */
function lastUsed(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end;
}
