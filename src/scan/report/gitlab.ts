import { placeFingerprint } from './fingerprint.ts';
import type { Finding, ScanReport, Severity } from './findings.ts';
import { maskValue } from './mask.ts';
import { fileOf, pathOf } from './places.ts';
import { oneLine } from './printable.ts';

/** Of the secret detection report format that GitLab 16 and later read. */
const SCHEMA_VERSION = '15.2.1';
const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};
/** GitLab's format requires a commit. This placeholder stands for none. */
const NO_COMMIT = '0000000';

/** The report in GitLab's format for secret detection: one vulnerability for each value at each place. */
export function formatGitlab({ findings, problems, version, startedAt, endedAt, below }: ScanReport): string {
  const tool = {
    id: 'ringfence',
    name: 'Ringfence',
    version,
    vendor: { name: 'Ringfence' },
  };
  const report = {
    version: SCHEMA_VERSION,
    scan: {
      type: 'secret_detection',
      status: 'success',
      start_time: secondOf(startedAt),
      end_time: secondOf(endedAt),
      scanner: tool,
      analyzer: tool,
      messages: problems.map(({ where, problem }) => ({
        level: 'warn',
        value: oneLine(`${where}: ${problem}`),
      })),
    },
    vulnerabilities: findings.flatMap((finding) => toVulnerabilities(finding, below)),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function toVulnerabilities({ rule, secret, severity, places }: Finding, below: string): object[] {
  const numbers = new Map<string, number>();
  return places.map(({ place, line }) => {
    const number = numbers.get(pathOf(place)) ?? 0;
    numbers.set(pathOf(place), number + 1);
    const commit = place.kind === 'git' && place.commit !== null ? place.commit : NO_COMMIT;
    return {
      id: uuidOf(placeFingerprint(rule.id, place, number)),
      category: 'secret_detection',
      name: rule.title,
      description: oneLine(`${rule.title} (${maskValue(secret.reveal())}) in ${pathOf(place)}`),
      severity: SEVERITIES[severity],
      solution: rule.remedy,
      identifiers: [{ type: 'ringfence_rule_id', name: `Ringfence rule ${rule.id}`, value: rule.id }],
      location: { file: fileOf(place, below), start_line: line, commit: { sha: commit } },
      raw_source_code_extract: maskValue(secret.reveal()),
    };
  });
}

/** Without milliseconds and zone, as the schema wants it. */
const secondOf = (wall: number): string => new Date(wall).toISOString().slice(0, 19);

function uuidOf(hex: string): string {
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
