import type { Secret } from '../../kernel/secret.ts';
import type { LeakVerdict } from '../../vendors/leak-check.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection } from '../detection.ts';
import { weightOf } from '../overlaps.ts';
import type { ScanProblem, Sighting } from '../sighting.ts';
import { canonicalValue } from './canonical.ts';
import { createHider, createPlaceHider } from './hide.ts';

/** One value, with everything that is known of it. */
export interface Finding {
  readonly rule: LeakRule;
  /** Other rules that found the same value. */
  readonly otherRules: readonly LeakRule[];
  readonly secret: Secret;
  readonly confidence: Detection['confidence'];
  readonly severity: Severity;
  readonly companions: Readonly<Record<string, string>>;
  /** The newest first in a history; else by path and line. Never empty. */
  readonly places: readonly [Sighting, ...Sighting[]];
  /** Dates of the earliest and the latest commit that brought it, in ms; null without a history. */
  readonly firstSeen: Sighting | null;
  readonly lastSeen: Sighting | null;
  /** Still in HEAD; null without a history. */
  readonly inHead: boolean | null;
  /** What the vendor says; null when it was not asked. */
  readonly verdict: LeakVerdict | null;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Everything that a report tells. */
export interface ScanReport {
  readonly findings: readonly Finding[];
  /** How many values the baseline and the suppressions hold back. */
  readonly held: { readonly baseline: number; readonly allowed: number };
  /** Remarks for the user on suppressions that have no effect, such as expired ones. */
  readonly remarks: readonly string[];
  readonly problems: readonly ScanProblem[];
  readonly documents: number;
  readonly bytes: number;
  readonly binaries: number;
  /** What was scanned, in words. */
  readonly scanned: string;
  /** `src/` when files of a folder below the working directory were scanned; else empty. */
  readonly below: string;
  readonly version: string;
  /** Wall times in ms. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * One finding for each value, the most severe first. What stands beside a value, and its path, is masked where it is a
 * secret itself, by any of `all` sightings.
 */
export function groupSightings(sightings: readonly Sighting[], all = sightings): Finding[] {
  const groups = new Map<string, [Sighting, ...Sighting[]]>();
  for (const sighting of sightings.map(createPlaceHider(all))) {
    const value = canonicalValue(sighting.secret.reveal());
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [sighting]);
    else group.push(sighting);
  }
  const hide = createHider(all);
  return Array.from(groups.values(), (group) => {
    const finding = toFinding(group);
    return { ...finding, companions: hide(finding.companions) };
  }).toSorted(byImportance);
}

function toFinding(group: readonly [Sighting, ...Sighting[]]): Finding {
  const [best = group[0]] = group.toSorted((one, other) => weightOf(other) - weightOf(one));
  const dated = group.filter(({ place }) => place.kind === 'git' && place.date !== null).toSorted(byDate);
  const isHistory = group.every(({ place }) => place.kind === 'git' && place.commit !== null);
  const { rule, secret, confidence } = best;
  return {
    rule,
    otherRules: [...new Set(group.map((one) => one.rule))].filter((one) => one !== rule),
    secret,
    confidence,
    severity: severityOf(best),
    verdict: null,
    companions: Object.assign({}, ...group.map(({ companions }) => companions)) as Record<string, string>,
    places: distinctPlaces(group),
    firstSeen: dated[0] ?? null,
    lastSeen: dated.at(-1) ?? null,
    inHead:
      isHistory || dated.length > 0 ? group.some(({ place }) => place.kind === 'git' && place.inHead) : null,
  };
}

function severityOf({ rule, confidence }: Sighting): Severity {
  if (rule.role !== 'secret') return 'info';
  return ({ high: 'critical', medium: 'high', low: 'medium' } as const)[confidence];
}

/** Sightings of a value with each place once, since several rules may find it at the same place. */
function distinctPlaces(group: readonly [Sighting, ...Sighting[]]): [Sighting, ...Sighting[]] {
  const seen = new Map<string, Sighting>();
  for (const sighting of group) {
    const key = `${placeKey(sighting)} ${sighting.line} ${sighting.column}`;
    if (!seen.has(key)) seen.set(key, sighting);
  }
  const [first = group[0], ...rest] = [...seen.values()].toSorted(byPlace);
  return [first, ...rest];
}

function placeKey({ place }: Sighting): string {
  if (place.kind === 'stdin') return '';
  if (place.kind === 'layer') return `${place.layer} ${place.path}`;
  return place.kind === 'git' ? `${place.commit ?? place.object} ${place.path ?? ''}` : place.path;
}

const dateOf = ({ place }: Sighting): number => (place.kind === 'git' ? (place.date ?? 0) : 0);
const byDate = (one: Sighting, other: Sighting): number => dateOf(one) - dateOf(other);

function byPlace(one: Sighting, other: Sighting): number {
  return dateOf(other) - dateOf(one) || compareText(placeKey(one), placeKey(other)) || one.line - other.line;
}

function byImportance(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    compareText(one.rule.id, other.rule.id) ||
    byPlace(one.places[0], other.places[0])
  );
}

const compareText = (one: string, other: string): number => Number(one > other) - Number(one < other);
