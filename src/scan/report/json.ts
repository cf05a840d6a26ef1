import type { Sighting } from '../sighting.ts';
import type { Finding, ScanReport } from './findings.ts';
import { maskValue } from './mask.ts';

/** The report as one JSON object. `fingerprint` is null for a project without a key. */
export function formatJson(report: ScanReport, fingerprint: ((finding: Finding) => string) | null): string {
  const {
    findings,
    held,
    remarks,
    problems,
    documents,
    bytes,
    binaries,
    scanned,
    version,
    startedAt,
    endedAt,
  } = report;
  const value = {
    version,
    scanned,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    documents,
    bytes,
    binaries,
    findings: findings.map((finding) => describe(finding, fingerprint?.(finding) ?? null)),
    held,
    remarks,
    problems,
  };
  return `${JSON.stringify(value)}\n`;
}

function describe(finding: Finding, fingerprint: string | null): object {
  const { rule, otherRules, secret, severity, confidence, companions, places } = finding;
  const { firstSeen, lastSeen, inHead, verdict } = finding;
  return {
    rule: rule.id,
    otherRules: otherRules.map(({ id }) => id),
    vendor: rule.vendor,
    title: rule.title,
    role: rule.role,
    severity,
    confidence,
    masked: maskValue(secret.reveal()),
    fingerprint,
    companions,
    places: places.map(describePlace),
    firstSeen: dateOf(firstSeen),
    lastSeen: dateOf(lastSeen),
    inHead,
    verdict,
    remedy: rule.remedy,
  };
}

function describePlace({ place, line, column }: Sighting): object {
  if (place.kind !== 'git') return { ...place, line, column };
  return { ...place, date: place.date === null ? null : new Date(place.date).toISOString(), line, column };
}

function dateOf(sighting: Sighting | null): string | null {
  return sighting?.place.kind === 'git' && sighting.place.date !== null
    ? new Date(sighting.place.date).toISOString()
    : null;
}
