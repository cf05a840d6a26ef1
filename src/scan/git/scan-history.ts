import type { LeakRule } from '../../vendors/vendor.ts';
import { Secret } from '../../kernel/secret.ts';
import type { GitPlace, ScanOutcome, Sighting } from '../sighting.ts';
import { countsIn, standsWhereItCounts } from '../file-bound.ts';
import { type HistoryOptions, searchHistory } from './history.ts';
import { locate } from './locate.ts';
import { createObjectReader } from './object-reader.ts';
import { openObjectStore } from './object-store.ts';
import { type HistoryRange, objectsIn } from './ranges.ts';
import { refProblems } from './refs.ts';
import type { Repository } from './repository.ts';
import type { FoundObject, Hit } from './search-plan.ts';

export interface ScanHistoryOptions extends Omit<HistoryOptions, 'store' | 'only'> {
  readonly repository: Repository;
  /** The rules that the detector was made of. */
  readonly rules: readonly LeakRule[];
  /** Only what this part of the history has brought; all of the object store when absent. */
  readonly range?: HistoryRange;
}

/**
 * Scans the history of a repository: every version of every file, and every message. Runs no other program, and changes
 * nothing. Throws a `DamageError` when the range names what is not there.
 */
export async function scanHistory(options: ScanHistoryOptions): Promise<ScanOutcome> {
  const { repository, rules, range } = options;
  const store = openObjectStore(repository);
  try {
    const reader = createObjectReader(store);
    const only = range === undefined ? {} : { only: objectsIn(reader, repository, range) };
    const {
      objects: found,
      problems,
      documents,
      bytes,
    } = await searchHistory({ ...options, store, ...only });
    const objects = withoutMisplaced(found, rules);
    const places = locate(reader, repository, objects);
    const sightings = objects.flatMap((object) => sightingsIn(object, places, rules));
    return { sightings, problems: [...refProblems(repository), ...problems], documents, bytes };
  } finally {
    store.close();
  }
}

/** Without values that count at the beginning of a file only. Where a file is, and its name, takes longer to find out. */
function withoutMisplaced(
  objects: readonly FoundObject[],
  rules: readonly LeakRule[],
): readonly FoundObject[] {
  const bound = new Map(rules.flatMap((rule) => (rule.file === undefined ? [] : [[rule.id, rule] as const])));
  if (bound.size === 0) return objects;
  const counts = ({ rule: id, start }: Hit): boolean => {
    const rule = bound.get(id);
    return rule === undefined || standsWhereItCounts({ rule, start });
  };
  return objects
    .map((object) => ({ ...object, hits: object.hits.filter(counts) }))
    .filter(({ hits }) => hits.length > 0);
}

function sightingsIn(
  { oid, hits }: FoundObject,
  places: ReadonlyMap<string, GitPlace>,
  rules: readonly LeakRule[],
): Sighting[] {
  const place = places.get(oid);
  if (place === undefined) return [];
  return hits.flatMap((hit) => {
    const rule = rules.find(({ id }) => id === hit.rule);
    return rule === undefined || !countsIn(rule, place.path) ? [] : [sightingOf(hit, rule, place)];
  });
}

function sightingOf(hit: Hit, rule: LeakRule, place: GitPlace): Sighting {
  const { value, companions, confidence, line, column, allowance } = hit;
  const found = { rule, secret: new Secret(value), companions, confidence, place, line, column };
  return allowance === null ? found : { ...found, allowance };
}
