import { type Detection, type Detector, MOST_DETECTIONS, type Window } from '../detection.ts';
import { readAllowance } from '../allowance.ts';
import { Secret } from '../../kernel/secret.ts';
import { countsIn, standsWhereItCounts } from '../file-bound.ts';
import { weightOf, withoutOverlaps } from '../overlaps.ts';
import { BEGINNING, type Position, positionsOf } from '../positions.ts';
import type { Place, Sighting } from '../sighting.ts';

/** After so many bytes it is looked whether there is room for more. */
const STEP = 1 << 18;

export interface Hits {
  readonly list: readonly Detection[];
  /** There were more. */
  readonly isCut: boolean;
}

/** The detections of windows of a document that count at a place, the best one where several cover the same bytes; ascending. */
export function findHits(detector: Detector, windows: readonly Window[], place: Place): Hits {
  const path = place.kind === 'stdin' ? null : place.path;
  // Several anchors lead to the same value.
  const known = new Map<string, Detection>();
  let isCut = false;
  const report = (detection: Detection): void => {
    if (!standsWhereItCounts(detection) || !countsIn(detection.rule, path)) return;
    const name = `${detection.start} ${detection.end} ${detection.rule.id}`;
    const other = known.get(name);
    if (other === undefined && known.size === MOST_DETECTIONS) isCut = true;
    else if (other === undefined || weightOf(detection) > weightOf(other)) known.set(name, detection);
  };
  for (const step of windows.flatMap(stepsOf)) if (!isCut) detector.detect(step, report);
  const found = [...known.values()];
  return { list: found.length < 2 ? found : withoutOverlaps(found), isCut };
}

function stepsOf(window: Window): readonly Window[] {
  const { from, to } = window;
  if (to - from <= STEP) return [window];
  return Array.from({ length: Math.ceil((to - from) / STEP) }, (_, step) => {
    const start = from + step * STEP;
    return { ...window, from: start, to: Math.min(to, start + STEP) };
  });
}

/** Where the bytes of a document stand in what was scanned. */
export interface Origin {
  readonly place: Place;
  /** Line and column of the first byte, where that is not the beginning. */
  readonly first?: Position;
}

/** Makes sightings of detections in ascending order. `sourceAt` tells where a byte stands in the document for people. */
export function toSightings(
  document: { readonly bytes: Uint8Array; readonly source: Uint8Array; sourceAt(offset: number): number },
  detections: readonly Detection[],
  { place, first }: Origin,
): Sighting[] {
  const { bytes, source, sourceAt } = document;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positions = positionsOf(
    source,
    detections.map(({ start }) => sourceAt(start)),
    first,
  );
  return detections.map(({ rule, start, end, companions, confidence }, index) => {
    const { line, column } = positions[index] ?? BEGINNING;
    const allowance = readAllowance(bytes, start, end);
    return {
      rule,
      secret: new Secret(view.toString('latin1', start, end)),
      companions,
      confidence,
      place,
      line,
      column,
      ...(allowance === null ? {} : { allowance }),
    };
  });
}
