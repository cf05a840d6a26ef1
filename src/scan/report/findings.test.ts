import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupSightings } from './findings.ts';
import { commit, OTHER, rule, sighting, TOKEN, VALUE } from './report-fixture.ts';

test('one value is one finding, wherever it stands', () => {
  const findings = groupSightings([
    sighting({ line: 9 }),
    sighting({ place: { kind: 'file', path: 'a.env' } }),
    sighting(),
    sighting({ value: OTHER }),
  ]);
  assert.equal(findings.length, 2);
  const found = findings.find(({ secret }) => secret.reveal() === VALUE);
  assert.deepEqual(
    found?.places.map(({ place, line }) => [place.kind === 'file' && place.path, line]),
    [
      ['a.env', 3],
      ['src/app.ts', 3],
      ['src/app.ts', 9],
    ],
  );
});

test('the surest rule names the finding, the others are known', () => {
  const sure = rule('acme-pair', { confidence: 'high' });
  const [found] = groupSightings([
    sighting(),
    sighting({ rule: sure, confidence: 'high', companions: { id: 'AC1' } }),
  ]);
  assert.deepEqual(
    [found?.rule.id, found?.otherRules.map(({ id }) => id), found?.severity, found?.companions],
    ['acme-pair', ['acme-token'], 'critical', { id: 'AC1' }],
  );
  assert.equal(found?.places.length, 1);
});

test('the most severe comes first, identifiers last', () => {
  const severities = groupSightings([
    sighting({ value: 'identifier-1', rule: rule('acme-id', { role: 'identifier' }), confidence: 'high' }),
    sighting({ value: 'low-1', confidence: 'low' }),
    sighting({ value: 'high-1', confidence: 'high' }),
    sighting({ value: 'medium-1' }),
  ]).map(({ severity }) => severity);
  assert.deepEqual(severities, ['critical', 'high', 'medium', 'info']);
});

test('a history tells first, last, and whether it is still there', () => {
  const [found] = groupSightings([
    sighting({ place: commit('2024-05-01') }),
    sighting({ place: commit('2025-05-01', { inHead: true, path: 'moved.ts' }) }),
    sighting({ place: commit('2023-05-01') }),
  ]);
  assert.equal(
    found?.firstSeen?.place.kind === 'git' && found.firstSeen.place.date,
    Date.parse('2023-05-01T12:00:00Z'),
  );
  assert.equal(found?.lastSeen?.place.kind === 'git' && found.lastSeen.place.path, 'moved.ts');
  assert.equal(found?.inHead, true);
  assert.equal(found?.places[0], found?.lastSeen);
  assert.equal(groupSightings([sighting()])[0]?.inHead, null);
});

test('the value in base64 is the same value', () => {
  const encoded = rule('acme-token-base64');
  const findings = groupSightings([
    sighting({ rule: encoded, value: Buffer.from(`${VALUE}\n`).toString('base64') }),
    sighting(),
  ]);
  assert.equal(findings.length, 1);
  assert.ok([TOKEN, encoded].includes(findings[0]?.rule ?? rule('none')));
});
