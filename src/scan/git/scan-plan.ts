import { basename } from 'node:path';
import type { ScanProblem } from '../sighting.ts';
import { cutTasks, markNeeded } from './objects/families.ts';
import { findPacked, listLoose, sentenceOf, type ObjectStore, type Pack } from './objects/object-store.ts';
import { type PackEntries, UNREADABLE } from './objects/pack-entries.ts';
import { findOid, oidAt, type PackIndex } from './objects/pack-index.ts';
import type { Repository } from './repository.ts';

/** Tasks for each worker: enough that the last ones end at about the same time. */
const TASKS_PER_WORKER = 32;
const SMALLEST_TASK = 4 << 20;
const LARGEST_TASK = 256 << 20;

/** Places in the counters that all workers share. */
export const NEXT_TASK = 0;
export const OBJECTS_DONE = 1;
export const HITS_KEPT = 2;
export const CANCELLED = 3;
const COUNTERS = 4;

export interface PlannedPack {
  readonly path: string;
  readonly index: PackIndex;
  readonly entries: PackEntries;
}

/** What is to be searched. It can be sent to a worker; what is large in it is shared. */
export interface ScanPlan {
  readonly repository: Repository;
  readonly packs: readonly PlannedPack[];
  /** Two numbers a task: pack and first entry. The loose objects are the last task of all. */
  readonly tasks: Uint32Array;
  readonly loose: readonly { readonly oid: string; readonly path: string }[];
  readonly counters: Int32Array;
  /** Objects to be searched. */
  readonly objects: number;
}

export interface PlanOptions {
  readonly store: ObjectStore;
  readonly workers: number;
  /** Ids of the objects to search; all when absent. */
  readonly only?: ReadonlySet<string>;
  /** Size of a task, in bytes to be searched; chosen by the size of the packs when absent. */
  readonly taskBytes?: number;
}

/** Reads the heads of all packs and cuts the work into tasks; each object is in one of them, however often it is stored. */
export function planScan(options: PlanOptions): { plan: ScanPlan; problems: ScanProblem[] } {
  const { store, only } = options;
  const problems: ScanProblem[] = [...store.problems];
  const packs: (PlannedPack & { order: Uint32Array })[] = [];
  let objects = 0;
  for (const [number, pack] of store.packs.entries()) {
    const planned = planPack(pack, problems);
    if (planned === null) continue;
    const wanted = wantedIn(pack, store.packs.slice(0, number), only);
    objects += markNeeded(planned.entries, planned.order, (position) => wanted[position] === 1);
    packs.push(planned);
  }
  const loose = looseOf(store, only);
  const plan: ScanPlan = {
    repository: store.repository,
    packs: packs.map(({ path, index, entries }) => ({ path, index, entries })),
    tasks: cutAll(packs, options),
    loose,
    counters: new Int32Array(new SharedArrayBuffer(4 * COUNTERS)),
    objects: objects + loose.length,
  };
  return { plan, problems };
}

function planPack(pack: Pack, problems: ScanProblem[]): (PlannedPack & { order: Uint32Array }) | null {
  const { path, index } = pack;
  try {
    const { entries, order } = pack.layout();
    if (order.length < entries.count)
      problems.push(unreadableIn(pack, entries, entries.count - order.length));
    return { path, index, entries, order };
  } catch (error) {
    problems.push({ where: path, problem: `The pack cannot be read: ${sentenceOf(error)}.` });
    return null;
  }
}

function unreadableIn({ path, index }: Pack, entries: PackEntries, count: number): ScanProblem {
  const first = entries.kinds.indexOf(UNREADABLE);
  const oid = oidAt(index, entries.positions[first] as number);
  const objects = count === 1 ? 'One object is' : `${count} objects are`;
  return {
    where: basename(path),
    problem: `${objects} no object and no delta on one that is there, the first is ${oid}.`,
  };
}

/** For each place in the index 1 when the object is to be searched in this pack. */
function wantedIn(pack: Pack, earlier: readonly Pack[], only: ReadonlySet<string> | undefined): Uint8Array {
  const { index } = pack;
  const wanted = new Uint8Array(index.count).fill(only === undefined ? 1 : 0);
  for (const oid of only ?? []) {
    const position = findOid(index, Buffer.from(oid, 'hex'), 0);
    if (position >= 0) wanted[position] = 1;
  }
  if (earlier.length === 0) return wanted;
  for (let position = 0; position < index.count; position++)
    if (
      wanted[position] === 1 &&
      findPacked(earlier, index.bytes, index.oidsAt + position * index.hashBytes) !== null
    )
      wanted[position] = 0;
  return wanted;
}

function looseOf(store: ObjectStore, only: ReadonlySet<string> | undefined): ScanPlan['loose'] {
  const all = Array.from(listLoose(store.repository), ([oid, path]) => ({ oid, path }));
  return all.filter(
    ({ oid }) => only?.has(oid) !== false && findPacked(store.packs, Buffer.from(oid, 'hex'), 0) === null,
  );
}

function cutAll(
  packs: readonly (PlannedPack & { order: Uint32Array })[],
  { workers, taskBytes }: PlanOptions,
): Uint32Array {
  const bytes = packs.reduce((sum, { entries }) => sum + (entries.offsets[entries.count] as number), 0);
  const share = (4 * bytes) / (TASKS_PER_WORKER * workers);
  const usual = workers === 1 ? Infinity : Math.min(LARGEST_TASK, Math.max(SMALLEST_TASK, share));
  const tasks = packs.flatMap(({ entries, order }, pack) =>
    cutTasks(entries, order, taskBytes ?? usual).flatMap((entry) => [pack, entry]),
  );
  const result = new Uint32Array(new SharedArrayBuffer(4 * tasks.length));
  result.set(tasks);
  return result;
}
