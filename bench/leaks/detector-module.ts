import type { Detector } from '../../src/scan/detection.ts';
import { createDetector as create } from '../../src/scan/detector/detector.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';

/** The detector with all rules, for threads that search histories. */
export const createDetector = (): Detector => create(LEAK_RULES);
