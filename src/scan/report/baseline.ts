import { RingfenceError } from '../../kernel/errors.ts';
import { createFingerprint, type Fingerprint } from './fingerprint.ts';
import type { Finding } from './findings.ts';
import { locate } from './places.ts';

const FORM = 'ringfence-scan-baseline';
const KEY = /^[A-Za-z0-9_-]{43}$/;

/** What was known when the baseline was written. */
export interface Baseline {
  /** Null for a report of another tool, which has no key of ours. */
  readonly key: string | null;
  readonly holds: (finding: Finding) => boolean;
}

/** Reads a baseline of ours, or a JSON report of gitleaks. Throws when it is neither. */
export function readBaseline(text: string, name: string): Baseline {
  const content = parse(text, name);
  if (Array.isArray(content)) return ofReport(content, name);
  if (!isRecord(content) || content['form'] !== FORM || content['version'] !== 1)
    throw invalid(name, 'it is no baseline of version 1');
  // The key is stored under the name `salt`: other scanners would report a member named `key`.
  const { salt: key, known } = content;
  if (typeof key !== 'string' || !KEY.test(key)) throw invalid(name, 'its key is damaged');
  if (!Array.isArray(known)) throw invalid(name, 'it lists nothing');
  const fingerprints = new Set(known.map((one: unknown) => (isRecord(one) ? one['fingerprint'] : undefined)));
  const fingerprint = createFingerprint(key);
  return {
    key,
    holds: (finding) => fingerprintsOf(finding, fingerprint).some((one) => fingerprints.has(one)),
  };
}

/** Fingerprints of a value by each rule that finds it, so that it stays known when a better rule is added later. */
export function fingerprintsOf({ rule, otherRules, secret }: Finding, fingerprint: Fingerprint): string[] {
  return [rule, ...otherRules].map(({ id }) => fingerprint(id, secret.reveal()));
}

/** Text of a baseline of these findings. Holds no value, but keyed hashes; one place each, for people. */
export function writeBaseline(findings: readonly Finding[], key: string): string {
  const fingerprint = createFingerprint(key);
  const known = findings.flatMap((finding) =>
    fingerprintsOf(finding, fingerprint).map((one, index) => ({
      fingerprint: one,
      rule: [finding.rule, ...finding.otherRules][index]?.id ?? '',
      place: locate(finding.places[0]),
    })),
  );
  return `${JSON.stringify({ form: FORM, version: 1, salt: key, known }, null, 2)}\n`;
}

/** Reads a gitleaks report. It holds values in clear, by which they are known, unless they were redacted: then by their place. */
function ofReport(items: readonly unknown[], name: string): Baseline {
  const values = new Set<string>();
  const places = new Set<string>();
  for (const item of items) {
    if (!isRecord(item) || typeof item['RuleID'] !== 'string')
      throw invalid(name, 'it is no list of findings of gitleaks');
    const { Secret: value, File: file, StartLine: line } = item;
    if (isWhole(value)) values.add(value);
    else if (typeof file === 'string' && typeof line === 'number') places.add(`${file}:${line}`);
  }
  return {
    key: null,
    holds: ({ secret, places: own }) =>
      values.has(secret.reveal()) || own.every((one) => places.has(locate(one).replace(/:\d+$/, ''))),
  };
}

/** True for a value that was not redacted. A partly redacted one ends in dots. */
const isWhole = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 8 && !value.includes('REDACTED') && !value.endsWith('...');

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(name, 'it is no JSON', error);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (name: string, what: string, cause?: unknown): RingfenceError =>
  new RingfenceError('input_invalid', `The baseline ${name} cannot be used: ${what}.`, { cause });
