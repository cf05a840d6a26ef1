import type { Detection, Detector } from '../detection.ts';
import type { Sighting } from '../sighting.ts';
import { decodeBase64 } from './base64.ts';
import type { Chunks } from './byte-queue.ts';
import { countLines, findHits, type Origin, toSightings } from './hits.ts';
import { plainNotebook } from './notebook.ts';
import { type Rewriting, sourceOf, sourceRange, touchesReplaced } from './rewriting.ts';

const PIECE = 8 << 20;
const MOST_NOTEBOOK = 16 << 20;

/** The text with what stands in it in base64, and a notebook without its escapes. */
export function rewritingsOf(text: Uint8Array, origin: Origin): readonly Rewriting[] {
  const all = [decodeBase64(text), isNotebook(origin, text) ? plainNotebook(text) : null];
  return all.filter((one) => one !== null);
}

export interface Readable {
  readonly text: Uint8Array;
  readonly rewritings: readonly Rewriting[];
}

/** Everything that a text holds, also in its rewritten forms. */
export function searchText(detector: Detector, { text, rewritings }: Readable, origin: Origin): Sighting[] {
  const whole = { bytes: text, length: text.length, from: 0, to: text.length };
  const plain = { bytes: text, source: text, sourceAt: (offset: number) => offset };
  const hidden = rewritings.map((one) => searchRewritten(detector, text, one));
  const covered = hidden.flatMap(({ ranges }) => ranges);
  const hits = findHits(detector, whole).filter(
    ({ start, end }) => !covered.some(([from, to]) => start < to && from < end),
  );
  return [
    ...toSightings(plain, hits, origin),
    ...hidden.flatMap((one) => toSightings(one.document, one.hits, origin)),
  ];
}

interface Hidden {
  readonly hits: readonly Detection[];
  readonly document: Parameters<typeof toSightings>[0];
  /** Bytes of the original text that these hits explain. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** What can be seen only in the rewritten text; the rest of it is found in the text as it is. */
function searchRewritten(detector: Detector, text: Uint8Array, rewriting: Rewriting): Hidden {
  const { bytes } = rewriting;
  const sourceAt = (offset: number): number => sourceOf(rewriting, offset);
  const hits = findHits(detector, { bytes, length: bytes.length, from: 0, to: bytes.length }).filter(
    ({ seenFrom, seenTo }) => touchesReplaced(rewriting, seenFrom, seenTo),
  );
  const ranges = hits.map(({ start, end }) => sourceRange(rewriting, start, end));
  return { hits, document: { bytes, source: text, sourceAt }, ranges };
}

/** Calls `search` with pieces that overlap by `overlap` bytes, the lines before each, and how many bytes of it are new. */
export async function searchPieces(
  chunks: Chunks,
  search: (text: Uint8Array, linesBefore: number, fresh: number) => void,
  overlap: number,
): Promise<void> {
  let held: Uint8Array[] = [];
  let length = 0;
  let kept = 0;
  let lines = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < PIECE) continue;
    const text = Buffer.concat(held);
    search(text, lines, length - kept);
    const rest = text.subarray(-overlap);
    lines += countLines(text, text.length - rest.length);
    held = [rest];
    kept = rest.length;
    length = rest.length;
  }
  if (length > kept || kept === 0) search(Buffer.concat(held), lines, length - kept);
}

function isNotebook({ place }: Origin, text: Uint8Array): boolean {
  return place.kind !== 'stdin' && place.path?.endsWith('.ipynb') === true && text.length <= MOST_NOTEBOOK;
}
