import type { Detection, Detector, Window } from '../detection.ts';
import { readAllowance } from '../allowance.ts';
import { Secret } from '../../kernel/secret.ts';
import type { Place, Sighting } from '../sighting.ts';

const LINE_END = 0x0a;

/** The detections of a window, the best one where several cover the same bytes; ascending. */
export function findHits(detector: Detector, window: Window): Detection[] {
  const found: Detection[] = [];
  detector.detect(window, (detection) => void found.push(detection));
  return found.length < 2 ? found : withoutOverlaps(found);
}

/** A secret before an identifier, the surer before the less sure, the longer before the shorter. */
export function withoutOverlaps(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const detection of found.toSorted(
    (one, other) => rank(other) - rank(one) || length(other) - length(one),
  ))
    takeIn(kept, detection);
  return kept.toSorted((one, other) => one.start - other.start);
}

/** What another rule saw beside the same value is known too. */
function takeIn(kept: Detection[], detection: Detection): void {
  const { start, end, companions } = detection;
  const place = kept.findIndex((one) => start < one.end && one.start < end);
  const better = kept[place];
  if (better === undefined) kept.push(detection);
  else if (better.start === start && better.end === end)
    kept[place] = { ...better, companions: { ...companions, ...better.companions } };
}

const CERTAINTY = { high: 2, medium: 1, low: 0 } as const;

function rank({ rule, confidence }: Detection): number {
  return (rule.role === 'secret' ? 10 : 0) + CERTAINTY[confidence];
}

const length = ({ start, end }: Detection): number => end - start;

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
