import { createDetector } from '../../src/scan/detector-source.ts';
import { findRepository } from '../../src/scan/git/repository.ts';
import { scanHistory as scanObjects } from '../../src/scan/git/scan-history.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';
import type { Place, ScanOutcome } from '../../src/scan/sighting.ts';
import { createGit } from '../../src/scan/sources/git-process.ts';
import { createSearch } from '../../src/scan/sources/search.ts';
import { scanTree as scanFiles } from '../../src/scan/sources/work-tree.ts';
import type { Reported } from './score.ts';

const ALL_RULES = { ids: null };

export interface Scanned {
  /** One for a value, a rule and a place. */
  readonly reports: readonly Reported[];
  /** Files or objects that were looked at. */
  readonly documents: number;
}

function pathOf(place: Place): string {
  if (place.kind === 'stdin') return '-';
  return place.kind === 'git' ? place.object : place.path;
}

function reportsOf({ sightings, documents }: ScanOutcome): Scanned {
  const reports = new Map<string, Reported>();
  for (const { rule, secret, place } of sightings) {
    const report = { path: pathOf(place), vendor: rule.vendor, rule: rule.id, secret: secret.reveal() };
    reports.set(JSON.stringify(report), report);
  }
  return { reports: [...reports.values()], documents };
}

/** Searches the files of a folder, those that git ignores too. */
export async function scanTree(folder: string): Promise<Scanned> {
  const search = createSearch(createDetector(ALL_RULES));
  await scanFiles({ path: folder, ignored: true, git: createGit(process.env), search });
  return reportsOf(search.outcome());
}

/** Searches everything in a repository's object store, reachable or not. */
export async function scanHistory(folder: string): Promise<Scanned> {
  const repository = findRepository(folder);
  if (repository === null) throw new Error(`${folder} is no repository`);
  const outcome = await scanObjects({
    repository,
    rules: LEAK_RULES,
    workers: 1,
    detector: {
      module: new URL('../../src/scan/detector-source.ts', import.meta.url).href,
      options: ALL_RULES,
    },
    pause: () => Promise.resolve(),
  });
  return reportsOf(outcome);
}
