import type { Detector } from '../detection.ts';
import type { Place, ScanOutcome, ScanProblem } from '../sighting.ts';
import type { Chunks } from './byte-queue.ts';
import type { Allotment } from './expand.ts';
import { createKeeper, type Keep, type Keeper } from './keeper.ts';
import type { LateDetector } from './late-detector.ts';
import { isMedia, otherPackingOf, packingOf } from './packing.ts';
import { rewritingsOf } from './rewritings.ts';
import { textOf } from './text.ts';

/** Loads the code for archives with the first one. Cached, as even a repeated `import()` takes as long as reading a file. */
const loadExpand = once(() => import('./expand.ts'));
/** Loads what a detector needs with the first text that has an anchor. */
const loadSearchText = once(() => import('./search-text.ts'));

/** A document up to this size is held as one piece, a larger text is read piece by piece. */
export const MOST_WHOLE = 64 << 20;
/** A stream up to this size is a document like others. */
const SMALL = 1 << 20;
/** Most bytes of a binary document that are read: a disk image may have terabytes, mostly zeros. */
const MOST_BINARY = 2 ** 30;
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

export function createSearch(source: Detector | LateDetector, mostBinary = MOST_BINARY): Search {
  const { report, problems } = collectProblems();
  const keeper = createKeeper((place, problem) => report(nameOf(place), problem));
  const counts = { documents: 0, bytes: 0, binaries: 0 };
  const open = createOpener(keeper, counts, report);
  const late = 'openAll' in source ? source : alwaysOpen(source);

  async function lookAt(document: Packed): Promise<void> {
    const { place, bytes } = document;
    counts.documents++;
    counts.bytes += bytes.length;
    if (packingOf(bytes) !== null) return lookInside(document);
    const readable = textOf(bytes);
    const keep = open(place, bytes, readable);
    if (keep === null) return;
    const text = readable ?? bytes;
    const tell = (problem: string): void => report(nameOf(place), problem);
    const rewritings = readable === null ? [] : rewritingsOf(text, place, tell);
    const detector = await late.openFor([text, ...rewritings.map((one) => one.bytes)]);
    if (detector === null) return;
    const { searchText } = await loadSearchText();
    keep(searchText(detector, { text, rewritings, from: 0, to: text.length }, { place }));
  }

  async function lookInside({ place, bytes, depth, allotment }: Packed): Promise<void> {
    const { DEEPEST, expand, newAllotment } = await loadExpand();
    const outer = nameOf(place);
    if (depth >= DEEPEST)
      return report(outer, `It was not unpacked: archives are nested more than ${DEEPEST} deep.`);
    const tell = (path: string, problem: string): void =>
      report(path === '' ? outer : `${outer}!/${path}`, problem);
    const left = allotment ?? newAllotment();
    for await (const entry of expand(bytes, left, tell)) {
      const inner = placeInside(place, entry.path);
      await lookAt({ place: inner, bytes: entry.bytes, depth: depth + 1, allotment: left });
    }
  }

  async function lookStream(place: Place, chunks: Chunks): Promise<void> {
    const { collect, peek, reasonOf } = await loadExpand();
    try {
      const { head, chunks: whole, discard, isWhole } = await peek(chunks, SMALL);
      if (isWhole) return await look(place, head);
      const isPacked = packingOf(head) !== null;
      const text = textOf(head);
      if (isPacked || (text !== null && text !== head))
        return await look(place, await collect(whole, MOST_WHOLE));
      counts.documents++;
      const keep = open(place, head, text);
      if (keep === null) return await discard();
      const most = text === null ? mostBinary : null;
      counts.bytes += await searchLong(await late.openAll(), whole, { place, keep, report, most });
    } catch (error) {
      report(nameOf(place), `It was not read to its end: ${reasonOf(error)}.`);
    }
  }

  const look = (place: Place, bytes: Uint8Array): Promise<void> =>
    lookAt({ place, bytes, depth: 0, allotment: null });

  return Object.freeze({
    look,
    lookStream,
    report,
    outcome: () => ({ sightings: keeper.sightings, problems: problems(), ...counts }),
  });
}

function once<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loaded: Promise<Loaded> | null = null;
  return () => (loaded ??= load());
}

type Opener = (place: Place, head: Uint8Array, text: Uint8Array | null) => Keep | null;

/** Opens what is to be searched; null for media, for archives of a form that is not unpacked, and when there is no room. */
function createOpener(keeper: Keeper, counts: { binaries: number }, report: Search['report']): Opener {
  return (place, head, text) => {
    const isOther = tellOther(place, head, report);
    if (text !== null) return keeper.open(place);
    const isPicture = isMedia(head);
    if (isPicture) counts.binaries++;
    return isOther || isPicture ? null : keeper.open(place);
  };
}

const alwaysOpen = (detector: Detector): LateDetector => ({
  openAll: async () => detector,
  openFor: async () => detector,
});

/** True when that is an archive that is not read. */
function tellOther(place: Place, head: Uint8Array, report: Search['report']): boolean {
  const form = otherPackingOf(head);
  if (form !== null) report(nameOf(place), `It was not unpacked: the format ${form} is not supported.`);
  return form !== null;
}

interface LongDocument {
  readonly place: Place;
  readonly keep: Keep;
  readonly report: Search['report'];
  /** Bytes of what is binary, and searched as it stands, that are read; null: it is text. */
  readonly most: number | null;
}

/** Reads a document piece by piece to its end; gives the length of what was read. */
async function searchLong(
  detector: Detector,
  chunks: Chunks,
  { place, keep, report, most }: LongDocument,
): Promise<number> {
  const { cutPieces, searchText } = await loadSearchText();
  let [bytes, hasRoom] = [0, true];
  const told = new Set<string>();
  for await (const { fresh, ...piece } of cutPieces(chunks, detector.reach)) {
    bytes += fresh;
    if (most !== null && bytes > most) {
      told.add(`It is binary, and nothing behind its first ${most >> 20} MiB was searched.`);
      break;
    }
    if (!hasRoom) continue;
    const rewritings = most === null ? rewritingsOf(piece.text, place, (problem) => told.add(problem)) : [];
    const readable = { ...piece, rewritings };
    hasRoom = keep(searchText(detector, readable, { place, first: piece.first }));
  }
  for (const problem of told) report(nameOf(place), problem);
  return bytes;
}

/** Collects problems, so that the scan can go on, up to a bound: an endless list helps nobody. */
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
  /** Null outside of archives. */
  readonly allotment: Allotment | null;
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
