import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { RingfenceError } from '../../kernel/errors.ts';
import { selectRules } from '../detector-source.ts';
import { DamageError } from '../git/damage.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { HistoryRange } from '../git/commits/ranges.ts';
import { findRepository, namesIn, type Repository } from '../git/repository.ts';
import { scanHistory } from '../git/scan-history.ts';
import { withoutOverlaps } from '../overlaps.ts';
import type { ScanOutcome, ScanProgress, Sighting } from '../sighting.ts';

const MOST_WORKERS = 16;
/** Less than this is searched in the time that a thread needs to start. */
const SMALL_BYTES = 4 << 20;

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

/**
 * V8 makes its best code of what is called often, and of long loops while they run, in each thread anew; for most of a scan,
 * which takes seconds, that costs more than it saves. The options are not documented: they are for the Node that is known to
 * have them.
 */
const BEST_CODE_LATER = ['--invocation-count-for-turbofan=60000', '--no-osr-from-maglev'];

/** Scans every object of a repository, or what a part of its history has brought. Tunes V8 for all of the process. */
export async function scanRepository(options: RepositoryOptions): Promise<ScanOutcome> {
  if (process.versions.node.startsWith('24.'))
    BEST_CODE_LATER.forEach((option) => setFlagsFromString(option));
  const { path, ids, range, workers, pause, progress } = options;
  const repository = findRepository(path);
  if (repository === null) throw new RingfenceError('input_invalid', `${path} is in no git repository.`);
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const module = new URL(`../detector/detector.${extension}`, import.meta.url).href;
  const rules = selectRules(ids);
  try {
    const outcome = await scanHistory({
      repository,
      rules,
      detector: { module, options: rules.map(withoutSamples) },
      workers: Math.min(MOST_WORKERS, Math.max(1, workers ?? usualWorkers(repository))),
      pause,
      progress,
      ...(range === null ? {} : { range }),
    });
    return { ...outcome, sightings: bestAtEachPlace(outcome.sightings) };
  } catch (error) {
    if (error instanceof DamageError)
      throw new RingfenceError('input_invalid', `${error.message}.`, { cause: error });
    throw error;
  }
}

/** What a thread needs of a rule: it has them sooner than it would have loaded all modules of rules. */
const withoutSamples = (rule: LeakRule): LeakRule => ({ ...rule, examples: [], nearMisses: [] });

function usualWorkers({ objectDirectories }: Repository): number {
  const packs = objectDirectories
    .map((folder) => join(folder, 'pack'))
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)));
  const bytes = packs.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  return bytes < SMALL_BYTES ? 1 : availableParallelism();
}

/** Rules that find the same bytes of an object are one sighting, as in a file. */
function bestAtEachPlace(sightings: readonly Sighting[]): Sighting[] {
  const lines = Map.groupBy(sightings, ({ place, line }) =>
    place.kind === 'git' ? `${place.object} ${line} ${place.path}` : '',
  );
  return Array.from(lines.values(), (found) =>
    withoutOverlaps(
      found.map((sighting) => {
        const { rule, confidence, column, secret } = sighting;
        return { rule, confidence, start: column, end: column + secret.reveal().length, sighting };
      }),
    ).map(({ sighting }) => sighting),
  ).flat();
}
