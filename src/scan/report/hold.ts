import type { Sighting } from '../sighting.ts';
import { canonicalValue } from './canonical.ts';
import type { Baseline } from './baseline.ts';
import type { Fingerprint } from './fingerprint.ts';
import { groupSightings, type ScanReport } from './findings.ts';
import { createTextHider } from './hide.ts';
import { locate } from './places.ts';
import type { Suppression, Suppressions } from './suppressions.ts';
import { checkTerms, parseComment } from './terms.ts';

export interface HoldOptions {
  readonly baseline: Baseline | null;
  readonly suppressions: Suppressions | null;
  readonly fingerprint: Fingerprint | null;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Report identifiers, which are not secret, as findings too. */
  readonly identifiers: boolean;
  readonly problems: ScanReport['problems'];
}

export type Held = Pick<ScanReport, 'findings' | 'held' | 'remarks' | 'problems'>;

/**
 * Groups sightings by value and holds back those that the baseline or the suppressions allow. A value stays a finding as long as
 * one of its places is not allowed. Remarks and problems are masked, too, so that they show no value.
 */
export function holdBack(sightings: readonly Sighting[], options: HoldOptions): Held {
  const { baseline, suppressions, fingerprint, today, identifiers, problems } = options;
  const hide = createTextHider(sightings);
  const remarks = new Set<string>(suppressions?.remarks);
  const counted = identifiers ? sightings : sightings.filter(({ rule }) => rule.role === 'secret');
  const used = new Set<Suppression>();
  const isAllowedByFile = (sighting: Sighting): boolean => {
    const entry = suppressions?.list.find(({ fits }) => fits(sighting, fingerprint));
    if (entry !== undefined) used.add(entry);
    return entry !== undefined;
  };
  const isAllowed = (sighting: Sighting): boolean =>
    isAllowedBeside(sighting, today, (remark) => void remarks.add(hide(remark))) || isAllowedByFile(sighting);
  const open = groupSightings(
    counted.filter((sighting) => !isAllowed(sighting)),
    sightings,
  );
  const findings = open.filter((finding) => !(baseline?.holds(finding) ?? false));
  const idle = suppressions?.list.filter((entry) => !used.has(entry)) ?? [];
  for (const slip of slipsOf(idle, findings)) remarks.add(hide(slip));
  const values = new Set(counted.map(({ secret }) => canonicalValue(secret.reveal())));
  return {
    findings,
    held: { baseline: open.length - findings.length, allowed: values.size - open.length },
    remarks: [...remarks],
    problems: problems.map(({ where, problem }) => ({ where: hide(where), problem: hide(problem) })),
  };
}

/** Remarks on suppressions that held nothing back though their path matches a finding: the rule's name may be misspelt. */
function slipsOf(idle: readonly Suppression[], findings: Held['findings']): readonly string[] {
  const places = idle.length === 0 ? [] : findings.flatMap((finding) => finding.places);
  return idle.flatMap(({ slip }) => places.map(slip).find((told) => told !== null) ?? []);
}

function isAllowedBeside(sighting: Sighting, today: string, remark: (text: string) => void): boolean {
  if (sighting.allowance === undefined) return false;
  const { rule, ...terms } = parseComment(sighting.allowance);
  const where = `The comment ringfence:allow at ${locate(sighting)}`;
  if (rule !== sighting.rule.id) {
    remark(
      `${where} does not hold: it names ${rule === undefined ? 'no rule' : `the rule ${rule}`}, and the rule is ${sighting.rule.id}.`,
    );
    return false;
  }
  const checked = checkTerms(terms, today);
  if (typeof checked !== 'string') return true;
  remark(`${where} does not hold: ${checked}.`);
  return false;
}
