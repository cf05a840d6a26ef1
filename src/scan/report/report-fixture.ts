import { Secret } from '../../kernel/secret.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { GitPlace, Sighting } from '../sighting.ts';
import { groupSightings, type ScanReport } from './findings.ts';

export const VALUE = '9d02c7e4b16f38a5507be2914cfa6d83';
export const OTHER = '7c1e09b52fa84d630e9b71d4a8f25c36';
/** 32 bytes. */
export const KEY = Buffer.alloc(32, 7).toString('base64url');

export const rule = (id: string, changes: Partial<LeakRule> = {}): LeakRule => ({
  id,
  vendor: 'Acme',
  title: `Acme ${id}`,
  role: 'secret',
  confidence: 'medium',
  anchors: ['acme'],
  span: 64,
  pattern: /(?<secret>x)/dg,
  context: [],
  remedy: 'Make a new one.',
  examples: [],
  nearMisses: [],
  ...changes,
});

export const TOKEN = rule('acme-token');

export function sighting(
  changes: Partial<Omit<Sighting, 'secret'>> & { readonly value?: string } = {},
): Sighting {
  const { value = VALUE, ...rest } = changes;
  return {
    rule: TOKEN,
    secret: new Secret(value),
    companions: {},
    confidence: 'medium',
    place: { kind: 'file', path: 'src/app.ts' },
    line: 3,
    column: 7,
    ...rest,
  };
}

export const commit = (day: string, changes: Partial<GitPlace> = {}): GitPlace => ({
  kind: 'git',
  object: 'ab'.repeat(20),
  type: 'blob',
  commit: day.replaceAll('-', '').padEnd(40, '0'),
  author: 'Ada <ada@example.com>',
  date: Date.parse(`${day}T12:00:00Z`),
  path: 'src/app.ts',
  inHead: false,
  ...changes,
});

export function report(sightings: readonly Sighting[], changes: Partial<ScanReport> = {}): ScanReport {
  return {
    findings: groupSightings(sightings),
    held: { baseline: 0, allowed: 0 },
    remarks: [],
    problems: [],
    documents: 12,
    bytes: 34_567,
    binaries: 0,
    scanned: '.',
    below: '',
    version: '1.2.3',
    startedAt: Date.parse('2026-01-02T03:04:05.600Z'),
    endedAt: Date.parse('2026-01-02T03:04:06.900Z'),
    ...changes,
  };
}
