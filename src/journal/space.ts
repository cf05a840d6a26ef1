import type { JournalFiles } from './system.ts';

/** Watches the free space of the journal's file system. */
export interface SpaceWatch {
  /** True below the watermark, or when the file system does not answer. */
  low(): boolean;
  check(done?: () => void): void;
}

export function createSpaceWatch(files: JournalFiles, directory: string, minFreeBytes: number): SpaceWatch {
  let low = false;
  return {
    low: () => low,
    check(done) {
      files.statfs(directory, (error, stats) => {
        low = (error !== null && error !== undefined) || stats.bavail * stats.bsize < minFreeBytes;
        done?.();
      });
    },
  };
}
