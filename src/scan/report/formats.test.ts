import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCsv } from './csv.ts';
import { formatGitlab } from './gitlab.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { commit, OTHER, report, sighting } from './report-fixture.ts';
import { formatSarif } from './sarif.ts';
import type { Paint } from './summary.ts';
import { formatText } from './text.ts';

const plain: Paint = (_, text) => text;
const FOUND = report([sighting(), sighting({ value: OTHER, place: commit('2024-05-01'), line: 8 })]);
const EMPTY = report([]);

test('text: what, where, since when, and what to do', () => {
  assert.equal(
    formatText(FOUND, plain),
    [
      'high     Acme acme-token  7c1e…36 (32 characters)',
      '    where      src/app.ts:8:7',
      '    first      202405010000 of 2024-05-01 by Ada <ada@example.com>',
      '    now        gone from HEAD, but not from the history',
      '    to do      Make a new one.',
      '    rule       acme-token',
      '',
      'high     Acme acme-token  9d02…83 (32 characters)',
      '    where      src/app.ts:3:7',
      '    to do      Make a new one.',
      '    rule       acme-token',
      '',
      '2 secrets in . (12 documents, 34 KiB in 1.3 s).',
      '',
    ].join('\n'),
  );
});

test('text: nothing found is said in one line, with what was held back and what could not be read', () => {
  assert.equal(formatText(EMPTY, plain), 'No credentials found in . (12 documents, 34 KiB in 1.3 s).\n');
  const held = report([], {
    held: { baseline: 2, allowed: 1 },
    remarks: ['An entry has expired.'],
    problems: [{ where: 'a.zip', problem: 'It is damaged.' }],
  });
  assert.equal(
    formatText(held, plain),
    [
      'Not everything could be read:',
      '    a.zip: It is damaged.',
      '',
      'note     An entry has expired.',
      '',
      'No credentials found in . (12 documents, 34 KiB in 1.3 s). Not counted: 2 in the baseline, 1 allowed.',
      '',
    ].join('\n'),
  );
});

test('text and JSON: binary files that were passed over are told', () => {
  const some = report([], { binaries: 3 });
  assert.equal(
    formatText(some, plain),
    'No credentials found in . (12 documents, 34 KiB in 1.3 s; 3 binary files passed over).\n',
  );
  assert.equal((JSON.parse(formatJson(some, null)) as { binaries: number }).binaries, 3);
});

test('text: no control character of a path, an author or a problem reaches the terminal', () => {
  const path = 'a\u001B]0;x\u0007\u202E.ts';
  const text = formatText(
    report(
      [
        sighting({ place: { kind: 'file', path } }),
        sighting({ value: OTHER, place: commit('2024-05-01', { author: 'A\u001B[2J\nB' }) }),
      ],
      {
        problems: [{ where: path, problem: 'x\u001B[2J' }],
      },
    ),
    plain,
  );
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('JSON: one object with masked values', () => {
  const value = JSON.parse(formatJson(FOUND, () => 'f1')) as {
    readonly findings: readonly {
      readonly masked: string;
      readonly fingerprint: string;
      readonly firstSeen: string | null;
    }[];
  };
  assert.deepEqual(
    value.findings.map(({ masked, fingerprint, firstSeen }) => [masked, fingerprint, firstSeen]),
    [
      ['7c1e…36 (32 characters)', 'f1', '2024-05-01T12:00:00.000Z'],
      ['9d02…83 (32 characters)', 'f1', null],
    ],
  );
});

/** The value at a path of a JSON text. */
function at(text: string, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (value as Readonly<Record<string, unknown>>)[name],
    JSON.parse(text),
  );
}

test('SARIF: what the specification requires', () => {
  const text = formatSarif(report([sighting({ place: { kind: 'file', path: 'a b/ü.zip!/c' } })]), () => 'f1');
  const result = ['runs', 0, 'results', 0] as const;
  assert.equal(at(text, 'version'), '2.1.0');
  assert.equal(at(text, 'runs', 0, 'tool', 'driver', 'rules', 0, 'id'), at(text, ...result, 'ruleId'));
  assert.equal(at(text, ...result, 'ruleIndex'), 0);
  assert.equal(at(text, ...result, 'level'), 'error');
  assert.match(String(at(text, ...result, 'message', 'text')), /9d02…83/);
  const place = [...result, 'locations', 0, 'physicalLocation'] as const;
  assert.equal(at(text, ...place, 'artifactLocation', 'uri'), 'a%20b/%C3%BC.zip');
  assert.deepEqual(at(text, ...place, 'region'), { startLine: 3, startColumn: 7 });
  assert.deepEqual(at(formatSarif(EMPTY, null), 'runs', 0, 'results'), []);
});

test('SARIF: fingerprints are of the value, or without a key of the place, and stay when lines move', () => {
  const print = (line: number, fingerprint: (() => string) | null): unknown =>
    at(
      formatSarif(report([sighting({ line })]), fingerprint),
      'runs',
      0,
      'results',
      0,
      'partialFingerprints',
    );
  assert.deepEqual(
    print(3, () => 'f1'),
    { 'ringfenceSecret/v1': 'f1' },
  );
  assert.deepEqual(print(3, null), print(99, null));
  assert.match(JSON.stringify(print(3, null)), /"ringfencePlace\/v1":"[0-9a-f]{40}"/);
});

test('GitLab: the required fields of a secret detection report, an id for each place', () => {
  const many = report([
    sighting(),
    sighting({ line: 4 }),
    sighting({ value: OTHER, place: commit('2024-05-01') }),
  ]);
  const { version, scan, vulnerabilities } = JSON.parse(formatGitlab(many)) as {
    readonly version: string;
    readonly scan: Readonly<Record<string, unknown>>;
    readonly vulnerabilities: readonly {
      readonly id: string;
      readonly identifiers: readonly object[];
      readonly location: {
        readonly file: string;
        readonly start_line: number;
        readonly commit: { readonly sha: string };
      };
    }[];
  };
  assert.match(version, /^15\.\d+\.\d+$/);
  assert.deepEqual(
    ['analyzer', 'end_time', 'scanner', 'start_time', 'status', 'type'].filter(
      (name) => scan[name] === undefined,
    ),
    [],
  );
  assert.match(String(scan['start_time']), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
  assert.equal(new Set(vulnerabilities.map(({ id }) => id)).size, 3);
  for (const { id, identifiers, location } of vulnerabilities) {
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(identifiers.length, 1);
    assert.ok(location.commit.sha.length >= 7);
  }
});

test('JUnit: a failed test for each value, or one that passed; text is escaped', () => {
  const path = `a<b>&"'\u0000\uFFFE.ts`;
  const xml = formatJunit(report([sighting({ place: { kind: 'file', path } })]));
  assert.match(xml, /tests="1" failures="1"/);
  assert.match(
    xml,
    /<testsuites name="[\w ]+" tests="1" failures="1" errors="0" time="[\d.]+">/,
    'all that its schema allows',
  );
  assert.match(xml, /name="acme-token at a&lt;b&gt;&amp;&quot;&apos; \.ts:3:7"/);
  assert.match(formatJunit(EMPTY), /tests="1" failures="0"[^]*no credentials in \./);
  const problems = [{ where: 'a<.zip', problem: 'It is damaged.' }];
  assert.match(
    formatJunit(report([], { problems })),
    /<system-err>a&lt;\.zip: It is damaged\.<\/system-err>/,
  );
});

test('CSV: no cell is a formula, whoever named the file', () => {
  for (const path of ['=cmd|x!A1', '+1', '-1', '@SUM(1)', '\t=1', ' =1', '|x', '%x']) {
    const [, row = ''] = formatCsv(report([sighting({ place: { kind: 'file', path } })])).split('\r\n');
    assert.ok(
      row.split(',').every((cell) => !/^"?\s*[=+\-@|%]/.test(cell)),
      row,
    );
  }
  const quoted = formatCsv(report([sighting({ place: { kind: 'file', path: 'a,"b"\r\nc' } })]));
  assert.match(quoted, /,"a,""b"" c",3,7,/);
  assert.equal(formatCsv(EMPTY).split('\r\n').length, 2);
});
