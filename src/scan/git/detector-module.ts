import type { Detector } from '../detection.ts';

/**
 * Where a thread gets its detector from: functions cannot be sent to it. The module exports `createDetector(options)`; the
 * options must be data that can be sent to a thread.
 */
export interface DetectorSource {
  /** URL of the module. Never one from a repository that is scanned. */
  readonly module: string;
  readonly options: unknown;
}

interface DetectorModule {
  readonly createDetector: (options: unknown) => Detector;
}

export async function loadDetector({ module, options }: DetectorSource): Promise<Detector> {
  const { createDetector } = (await import(module)) as DetectorModule;
  return createDetector(options);
}
