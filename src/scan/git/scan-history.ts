import { join } from 'node:path';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { Secret } from '../../kernel/secret.ts';
import type { GitPlace, ScanOutcome, ScanProblem, Sighting } from '../sighting.ts';
import { countsIn, standsWhereItCounts } from '../file-bound.ts';
import { loadDetector } from './detector-module.ts';
import { type HistoryOptions, searchHistory } from './history.ts';
import { locate } from './commits/locate.ts';
import { createObjectReader, type ObjectReader } from './objects/object-reader.ts';
import { openObjectStore } from './objects/object-store.ts';
import { type HistoryRange, objectsIn } from './commits/ranges.ts';
import { readHead, readRefs, refProblems } from './refs/refs.ts';
import { namesIn, type Repository } from './repository.ts';
import type { FoundObject, Hit } from './search-plan.ts';
import type { WrappedFindings } from './wrapped.ts';

export interface ScanHistoryOptions extends Omit<HistoryOptions, 'store' | 'only'> {
  readonly repository: Repository;
  /** The rules that the detector was made of. */
  readonly rules: readonly LeakRule[];
  /** Only what this part of the history has brought; all of the object store when absent. */
  readonly range?: HistoryRange;
}

const UNPLACED: ScanProblem = {
  where: 'folders',
  problem:
    'The history has more folders than can be kept in memory; some credentials are shown without a commit, or with a later one than the first.',
};

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
    const searched = await searchHistory({ ...options, store, ...only });
    const { documents, bytes } = searched;
    const objects = withoutMisplaced(searched.objects, rules);
    const wrapped = await openWrapped(searched.wrapped, options, reader);
    const blobs = [...new Set(wrapped.found.map(({ oid }) => oid))].map(
      (oid) => ({ oid, type: 'blob' }) as const,
    );
    let isCut = false;
    const places = locate(reader, repository, [...objects, ...blobs], () => (isCut = true));
    return {
      sightings: [
        ...objects.flatMap((object) => sightingsIn(object, places, rules)),
        ...wrapped.found.flatMap((finding) => placeWrapped(finding, places)),
      ],
      problems: [
        ...refProblems(repository),
        ...lostRefs(reader, repository),
        ...(range === undefined ? otherHistories(repository) : []),
        ...searched.problems,
        ...wrapped.problems,
        ...(isCut ? [UNPLACED] : []),
      ],
      documents,
      bytes,
      binaries: wrapped.binaries,
    };
  } finally {
    store.close();
  }
}

/** A submodule has a repository of its own; a part of a history is asked for of this one. */
function otherHistories({ commonDirectory }: Repository): readonly ScanProblem[] {
  const modules = namesIn(join(commonDirectory, 'modules'));
  if (modules.length === 0) return [];
  const problem = 'Submodules have histories of their own, which were not scanned: scan the folder of each.';
  return [{ where: 'modules', problem }];
}

/** Problems for refs whose object is missing: whatever is reachable only from there is missing too, without further notice. */
function lostRefs({ numbers }: ObjectReader, repository: Repository): readonly ScanProblem[] {
  const refs = readRefs(repository);
  const named = [...refs.values()];
  const head = readHead(repository, refs);
  if (named.length === 0 && head !== null) named.push(head);
  const lost = named.filter((oid) => numbers.numberOf(oid) < 0).length;
  if (lost === 0) return [];
  const problem = `${lost} of ${named.length} refs name objects that are not here: their history was not scanned.`;
  return [{ where: 'refs', problem }];
}

/** Searches archives and UTF-16. They are rare, so the code for them is loaded only when there are any. */
async function openWrapped(
  oids: readonly string[],
  { detector, pause }: ScanHistoryOptions,
  reader: ObjectReader,
): Promise<WrappedFindings> {
  if (oids.length === 0) return { found: [], problems: [], binaries: 0 };
  const { searchWrapped } = await import('./wrapped.ts');
  return searchWrapped(oids, { reader, detector: await loadDetector(detector), pause });
}

function placeWrapped(
  { oid, inner, sighting }: WrappedFindings['found'][number],
  places: ReadonlyMap<string, GitPlace>,
): Sighting[] {
  const place = places.get(oid);
  if (place === undefined) return [];
  const path = inner === '' ? place.path : `${place.path ?? oid}${inner}`;
  return [{ ...sighting, place: { ...place, path } }];
}

/** Drops values that count only at the beginning of a file and stand elsewhere. Checked before paths are worked out, which is slow. */
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
