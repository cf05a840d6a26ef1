import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { makeVirtualSecret } from '../../kernel/virtual-secret.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection } from '../detection.ts';
import { createDetector } from './detector.ts';
import { CHECKED, DOUBTED, ENCODED, FIXTURE_RULES, GREEDY, NAMED, OWN, PAIRED } from './rules-fixture.ts';

const VALUE = '7c1e09b52fa84d63';
const detector = createDetector(FIXTURE_RULES);

function detect(text: string | Buffer, rules?: readonly LeakRule[]): Detection[] {
  const bytes = Buffer.from(text);
  const found: Detection[] = [];
  const user = rules === undefined ? detector : createDetector(rules);
  user.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, (one) => found.push(one));
  return found;
}

/** What is found, as `rule value`. */
const values = (text: string, rules?: readonly LeakRule[]): string[] =>
  detect(text, rules).map(
    ({ rule, start, end }) => `${rule.id} ${Buffer.from(text).toString('latin1', start, end)}`,
  );

function checksummed(): string {
  const body = '41c8f02b7de95a630c1784eb29df560a9d02c7e4b16f38a5507be2914cfa6d83';
  return `acsk_${body}${crc32(body).toString(16).padStart(8, '0')}`;
}

describe('detector', () => {
  it('tells where the value is, what led there and what was seen', () => {
    const text = `${'-'.repeat(50)}ACME_TOKEN = ${VALUE}${'-'.repeat(50)}`;
    const [found, ...more] = detect(text);
    assert.deepEqual(more, []);
    assert.equal(found?.rule, NAMED);
    assert.equal(found?.anchor, 50);
    assert.equal(text.slice(found?.start, found?.end), VALUE);
    assert.deepEqual([found?.seenFrom, found?.seenTo], [50 - 32, 60 + 32]);
    assert.deepEqual(found?.companions, { name: 'ACME_TOKEN' });
  });

  it('counts bytes, not characters', () => {
    const text = `ééé acme_token=${VALUE} ünïcödé`;
    assert.deepEqual(values(text), [`acme-token ${VALUE}`]);
    assert.equal(detect(text)[0]?.start, Buffer.from('ééé acme_token=').length);
  });

  it('finds a prefix only with all of its digits behind', () => {
    assert.deepEqual(values('QX12ab34cd:h7k2m9p4q8r1'), ['acme-pair h7k2m9p4q8r1']);
    assert.deepEqual(detect('QX12ab34c:h7k2m9p4q8r1'), []);
    assert.deepEqual(detect('QX12ab34'), []);
  });

  it('reports in the order of anchors, all that each of them sees', () => {
    const text = `acme_token=${VALUE} acme-token: ${VALUE}`;
    assert.deepEqual(
      detect(text).map(({ anchor, start }) => [anchor, start]),
      [
        [0, 11],
        [28, 11],
        [28, 40],
      ],
    );
  });

  it('rejects a value that the slice cuts off, and takes it at the end of the document', () => {
    const { span } = PAIRED;
    // The value begins within the slice and goes on beyond it.
    const far = { ...PAIRED, pattern: /(?<id>QX[0-9a-f]{8})\W*(?<secret>[0-9a-z]{12,40})/dg };
    const gap = '.'.repeat(span - 14);
    assert.deepEqual(values(`QX12ab34cd${gap}h7k2m9p4q8r1`, [far]), ['acme-pair h7k2m9p4q8r1']);
    assert.deepEqual(values(`QX12ab34cd${gap}h7k2m9p4q8r1w5t3`, [far]), []);
    const before = { ...PAIRED, pattern: /(?<![0-9a-z])(?<secret>[0-9a-z]{12,40})\W*QX[0-9a-f]{8}/dg };
    assert.deepEqual(values(`h7k2m9p4q8r1${gap}QX12ab34cd`, [before]), ['acme-pair h7k2m9p4q8r1']);
    assert.deepEqual(values(`w5t3y6h7k2m9p4q8r1${gap}QX12ab34cd`, [before]), []);
  });

  it('finds nothing beyond the length, though the buffer has more', () => {
    const bytes = Buffer.from(`acme_token=${VALUE}`);
    const found: Detection[] = [];
    detector.detect({ bytes, length: bytes.length - 1, from: 0, to: bytes.length - 1 }, (one) =>
      found.push(one),
    );
    assert.deepEqual(found, []);
  });

  it('looks into a part of a larger buffer', () => {
    const whole = Buffer.from(`????acme_token=${VALUE}????`);
    const bytes = whole.subarray(4, -4);
    const found: number[] = [];
    detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, ({ start }) =>
      found.push(start),
    );
    assert.deepEqual(found, [11]);
  });

  it('may be called from its own report', () => {
    const bytes = Buffer.from(`acme_token=${VALUE}${' '.repeat(80)}acme_token=${VALUE}`);
    const window = { bytes, length: bytes.length, from: 0, to: bytes.length };
    let [outer, inner] = [0, 0];
    detector.detect(window, () => {
      outer++;
      detector.detect(window, () => inner++);
    });
    assert.deepEqual([outer, inner], [2, 4]);
  });
});

describe('checks of a match', () => {
  it('a placeholder is no credential', () => {
    assert.deepEqual(detect('acme_token=0123456789abcdef'), []);
    assert.deepEqual(detect('pass=yourTokenGoesHere1234'), []);
  });

  it('a value that contains the vendor’s name is no credential', () => {
    assert.deepEqual(detect('pass=Xq7RoadRunnerz9v2Kp4tRw'), []);
    assert.deepEqual(values('pass=Xq7RoedRunnerz9v2Kp4tRw'), ['greedy-token Xq7RoedRunnerz9v2Kp4tRw']);
  });

  it('a published example is no credential, in either letter case', () => {
    const example = ['5CFd2fd1755d40ec', 'b72977518be15d3b'].join('');
    assert.deepEqual(detect(`pass=${example} pass=${example.toLowerCase()}`), []);
    assert.equal(detect(`pass=${example.replace('5CF', '5CE')}`).length, 1);
  });

  it('a value in base64 is judged by its decoded text', () => {
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    assert.equal(values(`pass=${encode(VALUE)}`, [ENCODED]).length, 1);
    assert.deepEqual(values(`pass=${encode('put-your-token-here')}`, [ENCODED]), []);
    assert.deepEqual(values(`pass=${encode('0123456789abcdef')}`, [ENCODED]), []);
  });

  it('a structure that decides rejects, another lowers the confidence', () => {
    const good = `roadrunner ${checksummed()}`;
    const broken = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    assert.deepEqual(
      detect(good).map(({ rule, confidence }) => [rule, confidence]),
      [
        [CHECKED, 'high'],
        [DOUBTED, 'high'],
      ],
    );
    assert.deepEqual(
      detect(broken).map(({ rule, confidence }) => [rule, confidence]),
      [[DOUBTED, 'low']],
    );
  });

  it('one word of the context must stand in the slice, in either case', () => {
    assert.equal(values(`ACME ${checksummed()}`, [CHECKED]).length, 1);
    assert.equal(values(`Meep ${checksummed()}`, [CHECKED]).length, 0);
    assert.equal(values(`acme${' '.repeat(200)}${checksummed()}`, [CHECKED]).length, 0);
  });

  it('a virtual key of ours is found as ours and as nobody else’s, a broken one not at all', () => {
    const key = makeVirtualSecret(randomBytes);
    const broken = key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x');
    assert.deepEqual(values(`pass=${key}`), [`own-key ${key}`]);
    assert.deepEqual(values(`pass=${broken}`), []);
    for (const encoded of [key, broken].map((text) => Buffer.from(text).toString('base64')))
      assert.deepEqual(values(`pass=${encoded}`, [ENCODED]), []);
    assert.deepEqual(values('pass=rfv7c1e09b52fa84d63', [OWN, GREEDY]), ['greedy-token rfv7c1e09b52fa84d63']);
  });
});
