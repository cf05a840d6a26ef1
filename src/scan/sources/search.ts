import type { Detector } from '../detection.ts';
import type { Place, ScanOutcome, ScanProblem } from '../sighting.ts';
import type { Chunks } from './byte-queue.ts';
import type { Allotment } from './expand.ts';
import { createKeeper, type Keep } from './keeper.ts';
import type { LateDetector } from './late-detector.ts';
import { otherPackingOf, packingOf } from './packing.ts';
import { rewritingsOf } from './rewritings.ts';
import { textOf } from './text.ts';

/** Archives are seldom: what unpacks them loads with the first one. To ask for what is loaded takes as long as to read a file. */
const loadExpand = once(() => import('./expand.ts'));
/** And what a detector needs, with the first text that has an anchor. */
const loadSearchText = once(() => import('./search-text.ts'));

/** A document up to this size is held as one piece, a larger text is read piece by piece. */
export const MOST_WHOLE = 64 << 20;
/** A stream up to this size is a document like others. */
const SMALL = 1 << 20;
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

export function createSearch(source: Detector | LateDetector): Search {
  const { report, problems } = collectProblems();
  const keeper = createKeeper((place, problem) => report(nameOf(place), problem));
  const counts = { documents: 0, bytes: 0, binaries: 0 };
  const late: LateDetector =
    'openAll' in source ? source : { openAll: async () => source, openFor: async () => source };

  async function lookAt(document: Packed): Promise<void> {
    const { place, bytes } = document;
    counts.documents++;
    counts.bytes += bytes.length;
    if (packingOf(bytes) !== null) return lookInside(document);
    const text = textOf(bytes);
    if (!tellOther(place, bytes, report) && text === null) counts.binaries++;
    const keep = text === null ? null : keeper.open(place);
    if (text === null || keep === null) return;
    const rewritings = rewritingsOf(text, place, (problem) => report(nameOf(place), problem));
    const detector = await late.openFor([text, ...rewritings.map((one) => one.bytes)]);
    if (detector === null) return;
    const readable = { text, rewritings, from: 0, to: text.length };
    const { searchText } = await loadSearchText();
    keep(searchText(detector, readable, { place }));
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
      if (!tellOther(place, head, report) && text === null) counts.binaries++;
      const keep = text === null ? null : keeper.open(place);
      if (keep === null) return await discard();
      counts.bytes += await searchLong(await late.openAll(), whole, { place, keep, report });
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

/** True when that is an archive that is not read. */
function tellOther(place: Place, head: Uint8Array, report: Search['report']): boolean {
  const form = otherPackingOf(head);
  if (form !== null) report(nameOf(place), `It was not unpacked: the format ${form} is not supported.`);
  return form !== null;
}

/** Reads a text piece by piece to its end; gives its length. */
async function searchLong(
  detector: Detector,
  chunks: Chunks,
  { place, keep, report }: { readonly place: Place; readonly keep: Keep; readonly report: Search['report'] },
): Promise<number> {
  const { cutPieces, searchText } = await loadSearchText();
  let [bytes, hasRoom] = [0, true];
  const told = new Set<string>();
  for await (const { fresh, ...piece } of cutPieces(chunks, detector.reach)) {
    bytes += fresh;
    if (!hasRoom) continue;
    const rewritings = rewritingsOf(piece.text, place, (problem) => told.add(problem));
    const readable = { ...piece, rewritings };
    hasRoom = keep(searchText(detector, readable, { place, first: piece.first }));
  }
  for (const problem of told) report(nameOf(place), problem);
  return bytes;
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
