import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Sighting } from '../sighting.ts';
import { placeFingerprint } from './fingerprint.ts';
import type { Finding, ScanReport, Severity } from './findings.ts';
import { maskValue } from './mask.ts';
import { commitOf, fileOf, pathOf } from './places.ts';
import { oneLine } from './printable.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** `security-severity` as GitHub code scanning reads it: 9 and more is critical, 7 high, 4 medium. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '3.0',
  info: '0.0',
};

/**
 * The report as SARIF 2.1.0 (OASIS). One result for each value; its other places are related locations, so that a value
 * is one alert. The fingerprint is the value's keyed hash, or without a key one of its place.
 */
export function formatSarif(report: ScanReport, fingerprint: ((finding: Finding) => string) | null): string {
  const { findings, problems, version, startedAt, endedAt, below } = report;
  const rules = [...new Map(findings.map(({ rule }) => [rule.id, rule])).values()];
  const seen = new Map<string, number>();
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Ringfence', semanticVersion: version, rules: rules.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: new Date(startedAt).toISOString(),
            endTimeUtc: new Date(endedAt).toISOString(),
            toolExecutionNotifications: problems.map(({ where, problem }) => ({
              level: 'warning',
              message: { text: oneLine(`${where}: ${problem}`) },
            })),
          },
        ],
        results: findings.map((finding) => {
          const known = fingerprint?.(finding) ?? null;
          return toResult(finding, {
            ruleIndex: rules.indexOf(finding.rule),
            partialFingerprints: known === null ? placeId(finding, seen) : { 'ringfenceSecret/v1': known },
            below,
          });
        }),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describeRule({ id, title, vendor, remedy, confidence }: LeakRule): object {
  return {
    id,
    name: title,
    shortDescription: { text: title },
    fullDescription: { text: `A credential of ${vendor}: ${title}.` },
    help: { text: remedy },
    defaultConfiguration: { level: confidence === 'high' ? 'error' : 'warning' },
    properties: {
      tags: ['security', 'secret'],
      precision: confidence === 'high' ? 'very-high' : 'high',
      'security-severity': SCORES[confidence === 'high' ? 'critical' : 'high'],
    },
  };
}

/** Fingerprint of a place. Findings of a rule in a file are numbered instead of located by line, because lines move. */
function placeId({ rule, places }: Finding, seen: Map<string, number>): Record<string, string> {
  const { place } = places[0];
  const key = `${rule.id} ${pathOf(place)}`;
  const number = seen.get(key) ?? 0;
  seen.set(key, number + 1);
  return { 'ringfencePlace/v1': placeFingerprint(rule.id, place, number) };
}

interface InReport {
  readonly ruleIndex: number;
  readonly partialFingerprints: Record<string, string>;
  readonly below: string;
}

function toResult(finding: Finding, { ruleIndex, partialFingerprints, below }: InReport): object {
  const { rule, severity, secret, confidence, places, inHead, verdict } = finding;
  const [first, ...others] = places;
  const level = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' }[severity];
  return {
    ruleId: rule.id,
    ruleIndex,
    level,
    message: { text: oneLine(`${rule.title}: ${maskValue(secret.reveal())}. ${rule.remedy}`) },
    locations: [toLocation(first, below)],
    relatedLocations: others
      .slice(0, 100)
      .map((place, index) => ({ id: index + 1, ...toLocation(place, below) })),
    partialFingerprints,
    properties: {
      confidence,
      ...(inHead === null ? {} : { inHead }),
      ...(verdict === null ? {} : { verification: verdict.state }),
      ...commitProperties(first),
    },
  };
}

function commitProperties(sighting: Sighting): object {
  const { place } = sighting;
  return place.kind === 'git' && place.commit !== null
    ? { commit: place.commit, committed: commitOf(sighting) }
    : {};
}

function toLocation({ place, line, column }: Sighting, below: string): object {
  return {
    physicalLocation: {
      artifactLocation: {
        uri: uriOf(fileOf(place, below)),
        ...(place.kind === 'file' ? { uriBaseId: '%SRCROOT%' } : {}),
      },
      region: { startLine: line, startColumn: column },
    },
    message: { text: oneLine(pathOf(place)) },
  };
}

const uriOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
