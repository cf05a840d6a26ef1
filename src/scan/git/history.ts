import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ScanProblem, ScanProgress } from '../sighting.ts';
import { type DetectorSource, loadDetector } from './detector-module.ts';
import type { HistoryWork } from './worker.ts';
import { createKernel } from './kernel.ts';
import { openKernel } from './wasm-kernel.ts';
import { missingParts } from './objects/object-store.ts';
import { CANCELLED, OBJECTS_DONE, type PlanOptions, planScan, type ScanPlan } from './scan-plan.ts';
import { type FoundObject, searchPlan, type SearchResult } from './search-plan.ts';

const MOST_PROBLEMS = 200;

export interface HistoryOptions extends PlanOptions {
  readonly detector: DetectorSource;
  /** Lets other work of this thread run; called between steps, as this thread is one of the workers. */
  readonly pause: () => Promise<void>;
  /** Work without WebAssembly, in this thread. */
  readonly plainKernel?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: ScanProgress) => void;
}

/** What the objects of a repository hold; where in its history they stand is another question. */
export interface HistoryFindings {
  /** By ascending id. */
  readonly objects: readonly FoundObject[];
  /** Ids of archives and blobs in UTF-16, which were not searched. */
  readonly wrapped: readonly string[];
  readonly problems: readonly ScanProblem[];
  readonly documents: number;
  readonly bytes: number;
}

/**
 * Searches every blob and every message of commits and tags once, reachable or not. In the versions of a file only what a
 * delta has changed is searched. Objects that cannot be read are problems. Holds at most 384 MiB of objects a worker
 * (usual histories need a tenth), 64 bytes for each object of a pack, and 8 MiB of each pack. Rejects when aborted.
 */
export async function searchHistory(options: HistoryOptions): Promise<HistoryFindings> {
  const { plan, problems } = planScan(options);
  const cancel = (): number => Atomics.store(plan.counters, CANCELLED, 1);
  options.signal?.addEventListener('abort', cancel, { once: true });
  const report = (): void =>
    options.progress?.({
      done: Atomics.load(plan.counters, OBJECTS_DONE),
      total: plan.objects,
      unit: 'objects',
    });
  try {
    options.signal?.throwIfAborted();
    const results = await searchInThreads(plan, options, report);
    options.signal?.throwIfAborted();
    report();
    return merge(results, [...problems, ...missingParts(options.store)]);
  } finally {
    options.signal?.removeEventListener('abort', cancel);
  }
}

async function searchHere(
  plan: ScanPlan,
  { detector, pause, plainKernel }: HistoryOptions,
  report: () => void,
): Promise<SearchResult> {
  const kernel = plainKernel === true ? createKernel() : openKernel();
  const search = searchPlan(plan, { detector: await loadDetector(detector), kernel });
  let step = search.next();
  while (step.done !== true) {
    report();
    await pause();
    step = search.next();
  }
  return step.value;
}

/** This thread is one of the workers: it has loaded and compiled by now what another one would have to. */
async function searchInThreads(
  plan: ScanPlan,
  options: HistoryOptions,
  report: () => void,
): Promise<SearchResult[]> {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const module = new URL(file, import.meta.url).href;
  const work: HistoryWork = { plan, detector: options.detector, compileCache: getCompileCacheDir(), module };
  const threads = Array.from(
    { length: options.workers - 1 },
    (_, number) =>
      new Worker(new URL('./worker.mjs', import.meta.url), {
        workerData: work,
        env: {},
        execArgv: [],
        name: `scan-${number}`,
      }),
  );
  try {
    const results = threads.map((thread) => resultOf(thread, report));
    return await Promise.all([searchHere(plan, options, report), ...results]);
  } finally {
    Atomics.store(plan.counters, CANCELLED, 1);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** A thread sends null for each step that it has done, and its result at the end. */
function resultOf(thread: Worker, report: () => void): Promise<SearchResult> {
  return new Promise((resolve, reject) => {
    thread.on('message', (message: SearchResult | null) => {
      if (message === null) report();
      else resolve(message);
    });
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`a thread of the scan ended early (${code})`)));
  });
}

function merge(results: readonly SearchResult[], problems: readonly ScanProblem[]): HistoryFindings {
  const byId = new Map(results.flatMap(({ objects }) => objects.map((object) => [object.oid, object])));
  const all = [...problems, ...results.flatMap((one) => one.problems).toSorted(byWhere)];
  const sum = (part: (result: SearchResult) => number): number =>
    results.reduce((total, result) => total + part(result), 0);
  const more = all.length - MOST_PROBLEMS;
  const rest = { where: 'objects', problem: `${more} more problems are not listed.` };
  return {
    objects: [...byId.values()].toSorted((one, other) => (one.oid < other.oid ? -1 : 1)),
    wrapped: [...new Set(results.flatMap((one) => one.wrapped))],
    problems: more > 0 ? [...all.slice(0, MOST_PROBLEMS), rest] : all,
    documents: sum(({ documents }) => documents),
    bytes: sum(({ bytes }) => bytes),
  };
}

const byWhere = (one: ScanProblem, other: ScanProblem): number => (one.where < other.where ? -1 : 1);
