import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createDetector } from './detector.ts';
import { FIXTURE_RULES } from './rules-fixture.ts';

const MIB = 1 << 20;
const VALUE = '7c1e09b52fa84d63';
const detector = createDetector(FIXTURE_RULES);

function count(bytes: Uint8Array): number {
  let found = 0;
  detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, () => found++);
  return found;
}

/** Each takes far less than a second; a quadratic step anywhere would take hours. */
describe('large and strange documents', { timeout: 60_000 }, () => {
  it('100 MiB of one letter', () => assert.equal(count(Buffer.alloc(100 * MIB, 'a')), 0));

  it('100 MiB on one line, with a value at its end', () => {
    const text = Buffer.alloc(100 * MIB, 'var x=1;');
    text.write(`acme_token=${VALUE}`, text.length - 27);
    assert.equal(count(text), 1);
  });

  it('random bytes', () => assert.equal(count(randomBytes(16 * MIB)), 0));

  it('nothing but anchors', () => assert.equal(count(Buffer.alloc(2 * MIB, 'acme_token ')), 0));

  it('nothing but values', () => {
    const line = `acme_token=${VALUE}\n`;
    const lines = Math.floor(MIB / line.length);
    const found = count(Buffer.alloc(lines * line.length, line));
    // Each but the last sees its own value and the one before.
    assert.ok(found >= lines && found <= 4 * lines, `${found} in ${lines} lines`);
  });

  it('nothing at all', () => assert.equal(count(Buffer.alloc(0)), 0));
});
