import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { DetectorSource } from './detector-module.ts';
import type { ScanPlan } from './scan-plan.ts';

/** What a worker is given. */
export interface HistoryWork {
  readonly plan: ScanPlan;
  readonly detector: DetectorSource;
  /** Where the thread that started it caches compiled code, if it does. */
  readonly compileCache: string | undefined;
}

const { plan, detector, compileCache } = workerData as HistoryWork;
if (compileCache !== undefined) enableCompileCache(compileCache);
// What is imported before the cache is enabled would be compiled anew.
const [{ loadDetector }, { searchPlan }, { openKernel }] = await Promise.all([
  import('./detector-module.ts'),
  import('./search-plan.ts'),
  import('./wasm-kernel.ts'),
]);
const search = searchPlan(plan, { detector: await loadDetector(detector), kernel: openKernel() });
// A thread that is ended by another one would not write its part of the cache.
flushCompileCache();
let step = search.next();
while (step.done !== true) {
  parentPort?.postMessage(null);
  step = search.next();
}
parentPort?.postMessage(step.value);
