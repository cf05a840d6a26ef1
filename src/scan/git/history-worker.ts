import { parentPort, workerData } from 'node:worker_threads';
import { type DetectorSource, loadDetector } from './detector-module.ts';
import type { ScanPlan } from './scan-plan.ts';
import { searchPlan } from './search-plan.ts';

/** What a worker is given. */
export interface HistoryWork {
  readonly plan: ScanPlan;
  readonly detector: DetectorSource;
}

const { plan, detector } = workerData as HistoryWork;
const search = searchPlan(plan, await loadDetector(detector));
let step = search.next();
while (step.done !== true) {
  parentPort?.postMessage(null);
  step = search.next();
}
parentPort?.postMessage(step.value);
