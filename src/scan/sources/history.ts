import { availableParallelism } from 'node:os';
import { RingfenceError } from '../../kernel/errors.ts';
import { selectRules } from '../detector-source.ts';
import { DamageError } from '../git/damage.ts';
import type { HistoryRange } from '../git/ranges.ts';
import { findRepository } from '../git/repository.ts';
import { scanHistory } from '../git/scan-history.ts';
import type { ScanOutcome, ScanProgress } from '../sighting.ts';

const MOST_WORKERS = 16;

export interface RepositoryOptions {
  /** A repository, or a folder in its work tree. */
  readonly path: string;
  /** Ids of rules; null: all. */
  readonly ids: readonly string[] | null;
  /** Null: everything that is stored. */
  readonly range: HistoryRange | null;
  readonly workers?: number;
  /** Lets other work of this thread run. */
  readonly pause: () => Promise<void>;
  readonly progress: (progress: ScanProgress) => void;
}

/** Scans every object of a repository, or what a part of its history has brought. */
export async function scanRepository(options: RepositoryOptions): Promise<ScanOutcome> {
  const { path, ids, range, workers, pause, progress } = options;
  const repository = findRepository(path);
  if (repository === null) throw new RingfenceError('input_invalid', `${path} is in no git repository.`);
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const module = new URL(`../detector-source.${extension}`, import.meta.url).href;
  try {
    return await scanHistory({
      repository,
      rules: selectRules(ids),
      detector: { module, options: { ids } },
      workers: Math.min(MOST_WORKERS, Math.max(1, workers ?? availableParallelism())),
      pause,
      progress,
      ...(range === null ? {} : { range }),
    });
  } catch (error) {
    if (error instanceof DamageError)
      throw new RingfenceError('input_invalid', `${error.message}.`, { cause: error });
    throw error;
  }
}
