import type { Detection, Detector } from '../detection.ts';
import { BEGINNING, type Position, positionsOf } from '../positions.ts';
import type { Sighting } from '../sighting.ts';
import { type ByteRange, coverOf } from './byte-ranges.ts';
import type { Chunks } from './byte-queue.ts';
import { findHits, type Origin, toSightings } from './hits.ts';
import type { Rewriting } from './rewriting.ts';
import { replacedParts, sourceOf, sourceRange, touchesReplaced } from './rewritten.ts';

const PIECE = 8 << 20;
const LONGEST_LINE = 1 << 16;
const LINE_END = 0x0a;

export interface Readable {
  readonly text: Uint8Array;
  readonly rewritings: readonly Rewriting[];
  /** Only what an anchor leads to that begins in [from, to) counts; the rest is for others. */
  readonly from: number;
  readonly to: number;
}

export interface Seen {
  readonly sightings: readonly Sighting[];
  /** The text holds more. */
  readonly isCut: boolean;
}

/** Everything that a text holds, also in its rewritten forms, within the bound of a document. */
export function searchText(detector: Detector, readable: Readable, origin: Origin): Seen {
  const { place } = origin;
  const hidden = readable.rewritings.map((one) => searchRewritten(detector, { ...readable, place }, one));
  const plain = searchPlain(detector, { ...readable, place });
  // What a rewriting alone shows counts first, then what stands near something rewritten, and last the text as it is.
  const layers = [...hidden.map(({ within }) => within), ...hidden.map(({ near }) => near), plain.layer];
  const explained: ByteRange[] = [];
  const sightings = layers.flatMap(({ document, hits, rangeOf }) => {
    const isExplained = coverOf(explained);
    const fresh = hits.filter((hit) => !isExplained(...rangeOf(hit)));
    for (const hit of fresh) explained.push(rangeOf(hit));
    return toSightings(document, fresh, origin);
  });
  return { sightings, isCut: plain.isCut || hidden.some(({ isCut }) => isCut) };
}

interface Layer {
  readonly document: Parameters<typeof toSightings>[0];
  readonly hits: readonly Detection[];
  /** Bytes of the text that a hit explains. */
  readonly rangeOf: (hit: Detection) => ByteRange;
}

type Placed = Omit<Readable, 'rewritings'> & Pick<Origin, 'place'>;

function searchPlain(
  detector: Detector,
  { text, from, to, place }: Placed,
): { layer: Layer; isCut: boolean } {
  const { list, isCut } = findHits(detector, [{ bytes: text, length: text.length, from, to }], place);
  const document = { bytes: text, source: text, sourceAt: (offset: number) => offset };
  return { layer: { document, hits: list, rangeOf: ({ start, end }) => [start, end] }, isCut };
}

/** What can be seen only in the rewritten text; the rest of it is found in the text as it is. */
function searchRewritten(
  detector: Detector,
  { text, from, to, place }: Placed,
  rewriting: Rewriting,
): { within: Layer; near: Layer; isCut: boolean } {
  const { bytes } = rewriting;
  const { length } = bytes;
  const sourceAt = (offset: number): number => sourceOf(rewriting, offset);
  const parts = replacedParts(rewriting, detector.reach);
  const { list, isCut } = findHits(
    detector,
    parts.map(([first, last]) => ({ bytes, length, from: first, to: last })),
    place,
  );
  const hits = list.filter(
    ({ anchor, seenFrom, seenTo }) =>
      sourceAt(anchor) >= from && sourceAt(anchor) < to && touchesReplaced(rewriting, seenFrom, seenTo),
  );
  const isWithin = ({ start, end }: Detection): boolean => touchesReplaced(rewriting, start, end);
  const layer = {
    document: { bytes, source: text, sourceAt },
    rangeOf: ({ start, end }: Detection) => sourceRange(rewriting, start, end),
  };
  return {
    within: { ...layer, hits: hits.filter(isWithin) },
    near: { ...layer, hits: hits.filter((hit) => !isWithin(hit)) },
    isCut,
  };
}

/** A part of a long text, with what the parts before and after it hold near its ends. */
export interface Piece {
  readonly text: Uint8Array;
  /** Anchors in [from, to) belong to this piece: all that they need to be judged is in it. */
  readonly from: number;
  readonly to: number;
  /** Line and column of its first byte. */
  readonly first: Position;
  /** Bytes that no piece before had. */
  readonly fresh: number;
}

/** Cuts a text into pieces of about 8 MiB. Each anchor belongs to one of them, with `reach` bytes on either side. */
export async function* cutPieces(chunks: Chunks, reach: number): AsyncGenerator<Piece> {
  let held: Uint8Array[] = [];
  let [length, kept, from] = [0, 0, 0];
  let first = BEGINNING;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < PIECE) continue;
    const text = Buffer.concat(held);
    const to = length - reach;
    yield { text, from, to, first, fresh: length - kept };
    const cut = restFrom(text, to - reach);
    [first = first] = positionsOf(text, [cut], first);
    held = [text.subarray(cut)];
    length -= cut;
    [kept, from] = [length, to - cut];
  }
  yield { text: Buffer.concat(held), from, to: length, first, fresh: length - kept };
}

/** The next piece begins with a line, as base64 and comments on a value do; a line may be too long for that. */
function restFrom(text: Buffer, latest: number): number {
  const lineStart = text.lastIndexOf(LINE_END, latest) + 1;
  return latest - lineStart < LONGEST_LINE ? lineStart : latest;
}
