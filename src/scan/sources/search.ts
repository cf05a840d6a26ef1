import type { Detector } from '../detection.ts';
import type { Place, ScanOutcome, ScanProblem, Sighting } from '../sighting.ts';
import type { Chunks } from './byte-queue.ts';
import {
  type Allotment,
  collect,
  DEEPEST,
  expand,
  newAllotment,
  packingOf,
  peek,
  reasonOf,
} from './expand.ts';
import { searchPieces, searchText } from './search-text.ts';
import { textOf } from './text.ts';

/** A document up to this size is held as one piece, a larger text is read piece by piece. */
export const MOST_WHOLE = 64 << 20;
const MOST_PROBLEMS = 200;

/** Looks through documents, and through what is packed in them. */
export interface Search {
  /** A document of at most 64 MiB. */
  look(place: Place, bytes: Uint8Array): Promise<void>;
  /** A document of any size: text is read piece by piece, an archive or UTF-16 only up to 64 MiB. */
  lookStream(place: Place, chunks: Chunks): Promise<void>;
  /** Notes what could not be read. */
  report(where: string, problem: string): void;
  outcome(): ScanOutcome;
}

export function createSearch(detector: Detector): Search {
  const sightings: Sighting[] = [];
  const { report, problems } = collectProblems();
  const counts = { documents: 0, bytes: 0 };

  async function lookAt(document: Packed): Promise<void> {
    const { place, bytes } = document;
    counts.documents++;
    counts.bytes += bytes.length;
    if (packingOf(bytes) !== null) return lookInside(document);
    const text = textOf(bytes);
    if (text !== null) sightings.push(...searchText(detector, text, { place, linesBefore: 0 }));
  }

  async function lookInside({ place, bytes, depth, allotment }: Packed): Promise<void> {
    const outer = nameOf(place);
    if (depth >= DEEPEST)
      return report(outer, `It was not unpacked: archives stand in archives ${DEEPEST} deep.`);
    const fail = (path: string, problem: string): void =>
      report(path === '' ? outer : `${outer}!/${path}`, problem);
    for await (const entry of expand(bytes, allotment, fail)) {
      const inner = {
        place: placeInside(place, entry.path),
        bytes: entry.bytes,
        depth: depth + 1,
        allotment,
      };
      await lookAt(inner);
    }
  }

  async function lookStream(place: Place, source: Chunks): Promise<void> {
    try {
      const { head, chunks } = await peek(source);
      const isPlain = packingOf(head) === null && textOf(head) === head;
      if (!isPlain) return await look(place, await collect(chunks, MOST_WHOLE));
      counts.documents++;
      await searchPieces(
        chunks,
        (text, linesBefore, last) => {
          counts.bytes += last;
          sightings.push(...searchText(detector, text, { place, linesBefore }));
        },
        2 * detector.reach,
      );
    } catch (error) {
      report(nameOf(place), `It was not read to its end: ${reasonOf(error)}.`);
    }
  }

  const look = (place: Place, bytes: Uint8Array): Promise<void> =>
    lookAt({ place, bytes, depth: 0, allotment: newAllotment() });

  return Object.freeze({
    look,
    lookStream,
    report,
    outcome: () => ({ sightings, problems: problems(), ...counts }),
  });
}

/** A scan goes on whatever it meets; a list without end helps nobody. */
function collectProblems(): { report: Search['report']; problems: () => readonly ScanProblem[] } {
  const list: ScanProblem[] = [];
  let unlisted = 0;
  return {
    report(where, problem) {
      if (list.length < MOST_PROBLEMS) list.push({ where, problem });
      else unlisted++;
    },
    problems: () =>
      unlisted === 0
        ? list
        : [...list, { where: 'files', problem: `${unlisted} more problems are not listed.` }],
  };
}

interface Packed {
  readonly place: Place;
  readonly bytes: Uint8Array;
  readonly depth: number;
  readonly allotment: Allotment;
}

/** Path of a place, for people. */
function nameOf(place: Place): string {
  return place.kind === 'stdin' ? 'standard input' : (place.path ?? 'message');
}

function placeInside(place: Place, path: string): Place {
  if (path === '') return place;
  if (place.kind === 'stdin') return { kind: 'file', path: `standard input!/${path}` };
  return { ...place, path: `${nameOf(place)}!/${path}` };
}
