import { parentPort, workerData } from 'node:worker_threads';
import { type DetectorSource, loadDetector } from './detector-module.ts';
import type { ScanPlan } from './scan-plan.ts';
import { openKernel } from './wasm-kernel.ts';
import { searchPlan } from './search-plan.ts';

/** What a worker is given. */
export interface HistoryWork {
  readonly plan: ScanPlan;
  readonly detector: DetectorSource;
}

const { plan, detector } = workerData as HistoryWork;
const search = searchPlan(plan, { detector: await loadDetector(detector), kernel: openKernel() });
let step = search.next();
while (step.done !== true) {
  parentPort?.postMessage(null);
  step = search.next();
}
parentPort?.postMessage(step.value);
