import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../kernel/secret.ts';
import { createDetector } from '../detector/detector.ts';
import { LEAK_RULES } from '../rules/all.ts';
import type { Place, Sighting } from '../sighting.ts';
import { writeBaseline } from './baseline.ts';
import { formatCsv } from './csv.ts';
import { createFingerprint } from './fingerprint.ts';
import type { ScanReport } from './findings.ts';
import { formatGitlab } from './gitlab.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { commit, KEY, OTHER, report, sighting, VALUE } from './report-fixture.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

/** Characters in a row that a mask may show. */
const MOST_SHOWN = 4;

function everyForm(scan: ScanReport): Record<string, string> {
  const hash = createFingerprint(KEY);
  const fingerprint = ({ rule, secret }: (typeof scan.findings)[number]): string =>
    hash(rule.id, secret.reveal());
  return {
    text: formatText(scan, (_, text) => text),
    json: formatJson(scan, fingerprint),
    sarif: formatSarif(scan, fingerprint),
    gitlab: formatGitlab(scan),
    junit: formatJunit(scan),
    csv: formatCsv(scan),
    baseline: writeBaseline(scan.findings, KEY),
  };
}

const places: fc.Arbitrary<Place> = fc.oneof(
  fc.string({ maxLength: 20 }).map((path): Place => ({ kind: 'file', path })),
  fc.constant<Place>({ kind: 'stdin' }),
  fc.constant<Place>({ kind: 'layer', image: 'a.tar', layer: 'sha256:1', path: 'etc/env' }),
  fc.constant<Place>(commit('2024-01-01')),
);

test('no form shows more than four characters of a value in a row', () => {
  const letters = [...'ghjkmnpqrstvwxyzGHJKMNPQRSTVWXYZ'];
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...letters), minLength: 8, maxLength: 80 }),
      places,
      (value, place) => {
        const parts = Array.from({ length: value.length - MOST_SHOWN }, (_, at) =>
          value.slice(at, at + MOST_SHOWN + 1),
        );
        const bare = everyForm(report([sighting({ value: 'x'.repeat(value.length), place })]));
        for (const [form, text] of Object.entries(everyForm(report([sighting({ value, place })]))))
          for (const part of parts)
            assert.ok(!text.includes(part) || (bare[form] ?? '').includes(part), `${form} shows ${part}`);
      },
    ),
    { numRuns: 200 },
  );
});

test('no form shows a value by which its file is named', () => {
  const place: Place = { kind: 'file', path: `keys/${VALUE}/${VALUE}.env` };
  for (const [form, text] of Object.entries(everyForm(report([sighting({ place })]))))
    assert.ok(!text.includes(VALUE), form);
});

test('no form shows a value by which the file of another one is named', () => {
  const place: Place = { kind: 'file', path: `keys/${OTHER}.env` };
  const scan = report([sighting({ place }), sighting({ place: { ...place, path: 'a' }, value: OTHER })]);
  for (const [form, text] of Object.entries(everyForm(scan))) assert.ok(!text.includes(OTHER), form);
});

test('no form shows a value by which the author of a commit, or a layer, is named', () => {
  const layer: Place = { kind: 'layer', image: 'a.tar', layer: VALUE, path: 'etc/env' };
  for (const place of [commit('2024-01-01', { author: `Eve ${VALUE} <${OTHER}@example.com>` }), layer]) {
    const scan = report([sighting({ place }), sighting({ value: OTHER })]);
    for (const [form, text] of Object.entries(everyForm(scan)))
      assert.ok(!text.includes(VALUE) && !text.includes(OTHER), form);
  }
});

test('no form shows a value of any rule, nor in a companion of another', () => {
  const detector = createDetector(LEAK_RULES);
  const found = LEAK_RULES.flatMap(({ examples }) => examples).flatMap((example) => {
    const bytes = Buffer.from(example);
    const sightings: Sighting[] = [];
    detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, (detection) => {
      const { rule, start, end, companions, confidence } = detection;
      const secret = new Secret(bytes.toString('latin1', start, end));
      sightings.push({ ...sighting(), rule, secret, companions, confidence });
    });
    return sightings;
  });
  const secrets = found.filter(({ rule }) => rule.role === 'secret');
  assert.ok(secrets.length > LEAK_RULES.length);
  for (const [form, text] of Object.entries(everyForm(report(found))))
    for (const { rule, secret } of secrets)
      assert.ok(!text.includes(secret.reveal()), `${form} shows a value of ${rule.id}`);
});
