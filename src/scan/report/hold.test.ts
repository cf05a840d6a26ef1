import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBaseline, writeBaseline } from './baseline.ts';
import { createFingerprint } from './fingerprint.ts';
import { groupSightings } from './findings.ts';
import { type Held, holdBack, type HoldOptions } from './hold.ts';
import { KEY, OTHER, rule, sighting, TOKEN, VALUE } from './report-fixture.ts';
import { readSuppressions } from './suppressions.ts';

const TODAY = '2026-06-01';
const options: HoldOptions = {
  baseline: null,
  suppressions: null,
  fingerprint: null,
  today: TODAY,
  identifiers: false,
  problems: [],
};
const summary = ({ findings, held, remarks }: Held): unknown => [
  findings.length,
  held.baseline,
  held.allowed,
  remarks,
];

test('identifiers are no findings unless asked for', () => {
  const sightings = [sighting({ rule: rule('acme-id', { role: 'identifier' }) })];
  assert.equal(holdBack(sightings, options).findings.length, 0);
  assert.equal(holdBack(sightings, { ...options, identifiers: true }).findings.length, 1);
});

test('a comment with a rule, a reason and an end holds a value back', () => {
  for (const allowance of [
    'acme-token reason="made up" until=2026-06-01',
    'acme-token until=2027-01-01 reason="made up" -->',
    `acme-token reason='made up' until="2027-01-01" */`,
    String.raw`acme-token reason=\"made up\" until=2027-01-01`,
  ])
    assert.deepEqual(summary(holdBack([sighting({ allowance })], options)), [0, 0, 1, []], allowance);
});

test('a comment that lacks something, or has expired, holds nothing back, and the report says why', () => {
  for (const [allowance, why] of [
    ['acme-token until=2027-01-01', /no reason/],
    ['acme-token reason="" until=2027-01-01', /no reason/],
    ['acme-token reason="x"', /no end/],
    ['acme-token reason="x" until=soon', /no date/],
    ['acme-token reason="x" until=2026-02-30', /no date/],
    ['acme-token reason="x" until=2026-05-31', /expired on 2026-05-31/],
    ['reason="x" until=2027-01-01', /names no rule/],
    ['other-rule reason="x" until=2027-01-01', /names the rule other-rule, and the rule is acme-token/],
  ] as const) {
    const held = holdBack([sighting({ allowance })], options);
    assert.equal(held.findings.length, 1, allowance);
    assert.match(held.remarks.join(), why);
    assert.match(held.remarks.join(), /src\/app\.ts:3:7/);
  }
});

test('a value stays a finding while one of its places is not allowed', () => {
  const allowance = 'acme-token reason="x" until=2027-01-01';
  const held = holdBack([sighting({ allowance }), sighting({ line: 50 })], options);
  assert.deepEqual(
    held.findings.map(({ places }) => places.map(({ line }) => line)),
    [[50]],
  );
});

test('the file of suppressions allows by rule, path and fingerprint', () => {
  const fingerprint = createFingerprint(KEY);
  const terms = { reason: 'made up', until: '2027-01-01' };
  const held = (entry: object): number =>
    holdBack([sighting()], {
      ...options,
      fingerprint,
      suppressions: readSuppressions({ allow: [{ ...terms, ...entry }] }, TODAY),
    }).held.allowed;
  assert.equal(held({ rule: 'acme-token' }), 1);
  assert.equal(held({ rule: 'acme-other' }), 0);
  assert.equal(held({ path: 'src/*.ts' }), 1);
  assert.equal(held({ path: 'src/' }), 1);
  assert.equal(held({ path: '**/app.ts' }), 1);
  assert.equal(held({ path: 'app.ts' }), 0);
  assert.equal(held({ path: 'src/a??.ts', rule: 'acme-token' }), 1);
  assert.equal(held({ path: 'src/app.ts', rule: 'acme-other' }), 0);
  assert.equal(held({ fingerprint: fingerprint('acme-token', VALUE) }), 1);
  assert.equal(held({ fingerprint: fingerprint('acme-token', OTHER) }), 0);
});

test('an entry that held nothing back is told once where its path fits and its rule is another', () => {
  const terms = { reason: 'made up', until: '2026-12-31' };
  const entries = [
    { ...terms, rule: 'acme-tokn', path: 'src/*' },
    { ...terms, rule: 'acme-tokn', path: 'elsewhere/*' },
    { ...terms, rule: 'acme-tokn' },
  ];
  const suppressions = readSuppressions({ allow: entries }, TODAY);
  const open = [sighting({}), sighting({ line: 7 })];
  assert.deepEqual(holdBack(open, { ...options, suppressions }).remarks, [
    'Entry 1 of .ringfence-scan.yaml held nothing back: it names the rule acme-tokn, and where its path fits the rule is acme-token.',
  ]);
  const good = readSuppressions({ allow: [...entries, { ...terms, rule: 'acme-token' }] }, TODAY);
  assert.deepEqual(holdBack(open, { ...options, suppressions: good }).remarks, [], 'nothing stayed open');
});

test('an entry that has expired is told; one without a reason or an end is an error', () => {
  const expired = readSuppressions({ allow: [{ rule: 'a', reason: 'x', until: '2026-05-31' }] }, TODAY);
  assert.deepEqual(expired.list, []);
  assert.match(expired.remarks[0] ?? '', /Entry 1 .* expired/);
  for (const content of [
    { allow: [{ rule: 'a', until: '2027-01-01' }] },
    { allow: [{ rule: 'a', reason: 'x' }] },
    { allow: [{ rule: 'a', reason: 'x', until: 'never' }] },
    { allow: [{ reason: 'x', until: '2027-01-01' }] },
    { allow: [{ rule: 'a', reason: 'x', until: '2027-01-01', lines: 3 }] },
    { allow: ['a'] },
    { allow: 'a' },
    { ignore: [] },
    null,
    [],
  ])
    assert.throws(() => readSuppressions(content, TODAY), /\.ringfence-scan\.yaml is not valid/);
});

test('a value in the baseline is held back, also after it has moved', () => {
  const baseline = readBaseline(writeBaseline(groupSightings([sighting()]), KEY), 'b.json');
  const moved = sighting({ place: { kind: 'file', path: 'elsewhere.ts' }, line: 99 });
  assert.deepEqual(summary(holdBack([moved, sighting({ value: OTHER })], { ...options, baseline })), [
    1,
    1,
    0,
    [],
  ]);
});

test('a baseline knows a value also when another rule finds it first', () => {
  const pair = rule('acme-pair', { confidence: 'high' });
  const both = [sighting(), sighting({ rule: pair, confidence: 'high' })];
  const baseline = readBaseline(writeBaseline(groupSightings(both), KEY), 'b.json');
  assert.equal(holdBack([sighting()], { ...options, baseline }).held.baseline, 1);
});

test('a baseline holds no value, and another key gives other hashes', () => {
  const text = writeBaseline(groupSightings([sighting()]), KEY);
  assert.ok(!text.includes(VALUE));
  const other = Buffer.alloc(32, 8).toString('base64url');
  assert.notEqual(createFingerprint(KEY)(TOKEN.id, VALUE), createFingerprint(other)(TOKEN.id, VALUE));
});

test('a report of gitleaks serves as a baseline: by value, or by place when it is redacted', () => {
  const entry = { RuleID: 'generic', File: 'src/app.ts', StartLine: 3 };
  const byValue = readBaseline(JSON.stringify([{ ...entry, StartLine: 1, Secret: VALUE }]), 'g.json');
  const byPlace = readBaseline(JSON.stringify([{ ...entry, Secret: 'REDACTED' }]), 'g.json');
  for (const baseline of [byValue, byPlace]) {
    assert.equal(holdBack([sighting()], { ...options, baseline }).held.baseline, 1);
    assert.equal(holdBack([sighting({ value: OTHER, line: 4 })], { ...options, baseline }).held.baseline, 0);
  }
  const samePlace = readBaseline(JSON.stringify([{ ...entry, Secret: OTHER }]), 'g.json');
  assert.equal(holdBack([sighting()], { ...options, baseline: samePlace }).held.baseline, 0, 'another value');
  const cut = readBaseline(JSON.stringify([{ ...entry, Secret: `${VALUE.slice(0, 20)}...` }]), 'g.json');
  assert.equal(holdBack([sighting()], { ...options, baseline: cut }).held.baseline, 1);
});

test('a file that is not a baseline is refused', () => {
  const good = JSON.parse(writeBaseline([], KEY)) as object;
  for (const text of [
    '{',
    '{}',
    '[1]',
    '"x"',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, salt: 'x' }),
    JSON.stringify({ ...good, known: 1 }),
  ])
    assert.throws(() => readBaseline(text, 'b.json'), /The baseline b\.json cannot be used/, text);
});

test('neither a remark nor a problem shows a value that was found', () => {
  const place = { kind: 'file', path: `keys/${OTHER}/a.env` } as const;
  const named = sighting({ place, allowance: `${VALUE} reason="slip"` });
  const problems = [{ where: `keys/${OTHER}/b.zip`, problem: 'It is damaged.' }];
  const held = holdBack([named, sighting({ value: OTHER })], { ...options, problems });
  const told = [...held.remarks, ...held.problems.map(({ where }) => where)];
  assert.equal(told.length, 2);
  assert.ok(
    told.every((text) => !text.includes(OTHER) && !text.includes(VALUE)),
    told.join('\n'),
  );
});
