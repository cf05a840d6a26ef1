import type { Detection, Detector, Window } from '../detection.ts';
import { readAllowance } from '../allowance.ts';
import { Secret } from '../../kernel/secret.ts';
import { countsIn, standsWhereItCounts } from '../file-bound.ts';
import { withoutOverlaps } from '../overlaps.ts';
import type { Place, Sighting } from '../sighting.ts';

const LINE_END = 0x0a;

/** The detections of windows of a document that count at a place, the best one where several cover the same bytes; ascending. */
export function findHits(detector: Detector, windows: readonly Window[], place: Place): Detection[] {
  const path = place.kind === 'stdin' ? null : place.path;
  const found: Detection[] = [];
  const report = (detection: Detection): void => {
    if (standsWhereItCounts(detection) && countsIn(detection.rule, path)) found.push(detection);
  };
  for (const window of windows) detector.detect(window, report);
  return found.length < 2 ? found : withoutOverlaps(found);
}

/** Where the bytes of a document stand in what was scanned. */
export interface Origin {
  readonly place: Place;
  /** Lines before the first byte. */
  readonly linesBefore: number;
}

/** Makes sightings of detections in ascending order. `sourceAt` tells where a byte stands in the document for people. */
export function toSightings(
  document: { readonly bytes: Uint8Array; readonly source: Uint8Array; sourceAt(offset: number): number },
  detections: readonly Detection[],
  { place, linesBefore }: Origin,
): Sighting[] {
  const { bytes, source, sourceAt } = document;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positions = positionsOf(
    source,
    detections.map(({ start }) => sourceAt(start)),
  );
  return detections.map(({ rule, start, end, companions, confidence }, index) => {
    const { line, column } = positions[index] ?? { line: 1, column: 1 };
    const allowance = readAllowance(bytes, start, end);
    return {
      rule,
      secret: new Secret(view.toString('latin1', start, end)),
      companions,
      confidence,
      place,
      line: line + linesBefore,
      column,
      ...(allowance === null ? {} : { allowance }),
    };
  });
}

/** Line and column, both from 1, of ascending offsets; columns count bytes. */
function positionsOf(bytes: Uint8Array, offsets: readonly number[]): { line: number; column: number }[] {
  let line = 1;
  let lineStart = 0;
  return offsets.map((offset) => {
    for (let next = bytes.indexOf(LINE_END, lineStart); next >= 0 && next < offset;) {
      line++;
      lineStart = next + 1;
      next = bytes.indexOf(LINE_END, lineStart);
    }
    return { line, column: offset - lineStart + 1 };
  });
}

/** Line ends in [0, to). */
export function countLines(bytes: Uint8Array, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0 && at < to; at = bytes.indexOf(LINE_END, at + 1)) count++;
  return count;
}
