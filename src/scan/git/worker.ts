import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { type DetectorSource, loadDetector } from './detector-module.ts';
import type { ScanPlan } from './scan-plan.ts';
import { searchPlan } from './search-plan.ts';
import { openKernel } from './wasm-kernel.ts';

/** What a worker is given. */
export interface HistoryWork {
  readonly plan: ScanPlan;
  readonly detector: DetectorSource;
  /** Where the thread that started it caches compiled code, if it does; `worker.mjs` goes on with that. */
  readonly compileCache: string | undefined;
  /** URL of this module. */
  readonly module: string;
}

const { plan, detector } = workerData as HistoryWork;
const search = searchPlan(plan, { detector: await loadDetector(detector), kernel: openKernel() });
// Written now, because a thread that is terminated from outside does not write its part of the cache.
flushCompileCache();
let step = search.next();
while (step.done !== true) {
  parentPort?.postMessage(null);
  step = search.next();
}
parentPort?.postMessage(step.value);
