import { basename } from 'node:path';
import { readAllowance } from '../allowance.ts';
import { type Detection, type Detector, MOST_IN_ALL } from '../detection.ts';
import { positionsOf } from '../positions.ts';
import type { ScanProblem } from '../sighting.ts';
import { createArena } from './arena.ts';
import { type FamilyScan, type FamilyVisitor, scanFamily } from './family-scan.ts';
import type { Finding, Findings } from './findings.ts';
import type { Kernel } from './kernel.ts';
import { readLooseObject } from './objects/loose-object.ts';
import { createObjectReader } from './objects/object-reader.ts';
import { createObjectSearch, type ObjectSearch } from './object-search.ts';
import { type ObjectStore, reopenPack, sentenceOf } from './objects/object-store.ts';
import { MOST_OBJECT_BYTES, searchedPart } from './objects/object-types.ts';
import { isWrapped } from './wrapping.ts';
import { CANCELLED, HITS_KEPT, NEXT_TASK, OBJECTS_DONE, type ScanPlan } from './scan-plan.ts';

/** One worker's memory for objects: a base, its delta and the result must fit together. */
const ARENA_BYTES = 3 * MOST_OBJECT_BYTES;
const MOST_PROBLEMS = 200;
/** Most archives that are unpacked; further ones are searched in their packed form. */
const MOST_WRAPPED = 100_000;
/** A step ends after so many tasks, or after so many bytes that were searched. */
const STEP_TASKS = 64;
const STEP_BYTES = 32 << 20;
const SURENESS = { low: 0, medium: 1, high: 2 } as const;

/** A detection as it crosses threads. */
export interface Hit {
  /** Id of the rule. */
  readonly rule: string;
  readonly value: string;
  readonly companions: Readonly<Record<string, string>>;
  readonly confidence: Detection['confidence'];
  readonly start: number;
  readonly end: number;
  /** From 1; in a commit or tag, lines of the message. */
  readonly line: number;
  readonly column: number;
  /** As in a sighting; null when there is none. */
  readonly allowance: string | null;
}

/** An object that holds something, by ascending start. */
export interface FoundObject {
  readonly oid: string;
  readonly type: 'blob' | 'commit' | 'tag';
  readonly hits: readonly Hit[];
}

export interface SearchResult {
  readonly objects: readonly FoundObject[];
  /** Ids of blobs that have to be unpacked or decoded first (see `isWrapped`), in the order in which they are stored. */
  readonly wrapped: readonly string[];
  readonly problems: readonly ScanProblem[];
  readonly documents: number;
  readonly bytes: number;
  /** Objects that could not be read, also those that are no problem of their own. */
  readonly unreadable: number;
}

interface Tally {
  objects: FoundObject[];
  wrapped: string[];
  problems: ScanProblem[];
  documents: number;
  bytes: number;
  unreadable: number;
}

/** What each worker creates for itself, as it cannot be shared between threads. */
export interface Tools {
  readonly detector: Detector;
  readonly kernel: Kernel;
}

/** Does its share of a plan's tasks. It yields between steps, and returns what was found in all of them. */
export function* searchPlan(plan: ScanPlan, { detector, kernel }: Tools): Generator<undefined, SearchResult> {
  const packs = plan.packs.map(({ path, index }) => reopenPack(path, index));
  const store: ObjectStore = {
    repository: plan.repository,
    packs,
    problems: [],
    close: () => {
      for (const { file } of packs) file.close();
    },
  };
  try {
    const tally: Tally = { objects: [], wrapped: [], problems: [], documents: 0, bytes: 0, unreadable: 0 };
    const share: Share = { search: createObjectSearch(detector, kernel), kernel, tally };
    const families = familyScans(plan, store, share);
    let [tasks, bytes] = [0, 0];
    while (runTask(plan, families, share)) {
      tasks++;
      if (tasks < STEP_TASKS && tally.bytes - bytes < STEP_BYTES) continue;
      [tasks, bytes] = [0, tally.bytes];
      yield;
    }
    return tally;
  } finally {
    store.close();
  }
}

interface Share {
  readonly search: ObjectSearch;
  readonly kernel: Kernel;
  readonly tally: Tally;
}

function familyScans(plan: ScanPlan, store: ObjectStore, { search, kernel, tally }: Share): FamilyScan[] {
  const arena = createArena(kernel, ARENA_BYTES);
  const budget = { packed: 0, made: 0 };
  let reader: ReturnType<typeof createObjectReader> | undefined;
  const readBase: FamilyScan['readBase'] = (oid) => (reader ??= createObjectReader(store)).read(oid);
  return store.packs.map((pack, number) => {
    const entries = (plan.packs[number] as (typeof plan.packs)[number]).entries;
    const visitor = createVisitor(plan, tally, basename(pack.path));
    return { pack, entries, kernel, arena, budget, search, visitor, readBase };
  });
}

/** Runs the next task that no worker has begun; false when there is none. */
function runTask(plan: ScanPlan, families: readonly FamilyScan[], share: Share): boolean {
  if (Atomics.load(plan.counters, CANCELLED) !== 0) return false;
  const task = Atomics.add(plan.counters, NEXT_TASK, 1);
  const packed = plan.tasks.length / 2;
  if (task < packed)
    scanFamily(families[plan.tasks[task * 2] as number] as FamilyScan, plan.tasks[task * 2 + 1] as number);
  else if (task - packed < plan.loose.length) searchLoose(plan, share, task - packed);
  else return false;
  return true;
}

function searchLoose(plan: ScanPlan, { search, tally }: Share, number: number): void {
  const { oid, path } = plan.loose[number] as ScanPlan['loose'][number];
  const visitor = createVisitor(plan, tally, 'objects');
  try {
    const { type, bytes } = readLooseObject(path);
    if (type === 'tree') return;
    const searched = searchedPart(type, bytes);
    visitor.searched({ oid: () => oid, type }, searched, search.whole(searched));
  } catch (error) {
    visitor.unreadable(oid, sentenceOf(error), 0);
  }
}

function createVisitor(plan: ScanPlan, tally: Tally, place: string): FamilyVisitor {
  const complain = (oid: string, problem: string): void => {
    if (tally.problems.length < MOST_PROBLEMS)
      tally.problems.push({ where: `${place}, object ${oid}`, problem });
  };
  return {
    searched({ oid, type }, bytes, findings) {
      Atomics.add(plan.counters, OBJECTS_DONE, 1);
      tally.documents++;
      tally.bytes += bytes.length;
      if (type === 'blob' && isWrapped(bytes) && tally.wrapped.length < MOST_WRAPPED) {
        tally.wrapped.push(oid());
        return;
      }
      const { length } = findings.list;
      if (length === 0 || type === 'tree') return;
      if (findings.cut) complain(oid(), `It holds more than ${length} credentials; the rest are not listed.`);
      if (Atomics.add(plan.counters, HITS_KEPT, length) + length > MOST_IN_ALL)
        complain(
          oid(),
          `More than ${MOST_IN_ALL} credentials were found; those of this object are not listed.`,
        );
      else tally.objects.push({ oid: oid(), type, hits: hitsOf(bytes, findings) });
    },
    unreadable(oid, problem, lost) {
      tally.unreadable += 1 + lost;
      const others = lost === 0 ? '' : ` ${lost} more that build on it are lost with it.`;
      complain(oid, `The object cannot be read: ${problem}.${others}`);
    },
  };
}

/** Several anchors may lead to the same value: it counts once, as sure as the surest says. */
function hitsOf(bytes: Uint8Array, { list }: Findings): Hit[] {
  const known = new Map<string, Finding>();
  for (const finding of list) {
    const { rule, start, end, confidence } = finding.detection;
    const key = `${start} ${end} ${rule.id}`;
    const other = known.get(key)?.detection.confidence;
    if (other === undefined || SURENESS[confidence] > SURENESS[other]) known.set(key, finding);
  }
  const sorted = [...known.values()].toSorted(
    (one, other) => one.detection.start - other.detection.start || one.detection.end - other.detection.end,
  );
  const positions = positionsOf(
    bytes,
    sorted.map(({ detection }) => detection.start),
  );
  return sorted.map(({ detection, value }, index) => ({
    rule: detection.rule.id,
    value,
    companions: detection.companions,
    confidence: detection.confidence,
    start: detection.start,
    end: detection.end,
    line: positions[index]?.line ?? 1,
    column: positions[index]?.column ?? 1,
    allowance: readAllowance(bytes, detection.start, detection.end),
  }));
}
