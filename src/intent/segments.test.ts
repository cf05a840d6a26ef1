import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { countSegments } from './segments.ts';

test('plain text has 160 characters in one segment, 153 in each of several', () => {
  assert.deepEqual(countSegments(''), { encoding: 'gsm7', segments: 1, units: 0 });
  assert.deepEqual(countSegments('a'.repeat(160)), { encoding: 'gsm7', segments: 1, units: 160 });
  assert.deepEqual(countSegments('a'.repeat(161)), { encoding: 'gsm7', segments: 2, units: 161 });
  assert.equal(countSegments('a'.repeat(306)).segments, 2);
  assert.equal(countSegments('a'.repeat(307)).segments, 3);
});

test('one character outside GSM-7 makes the whole text UCS-2: 70, then 67', () => {
  assert.deepEqual(countSegments('ç'), { encoding: 'ucs2', segments: 1, units: 1 });
  assert.equal(countSegments('ç'.repeat(70)).segments, 1);
  assert.equal(countSegments('ç'.repeat(71)).segments, 2);
  assert.equal(countSegments('ç'.repeat(134)).segments, 2);
  assert.equal(countSegments('ç'.repeat(135)).segments, 3);
  assert.equal(countSegments('a'.repeat(159) + '😀').segments, 3);
});

test('extension characters cost two septets and are never split', () => {
  assert.equal(countSegments('€'.repeat(80)).segments, 1);
  assert.equal(countSegments('€'.repeat(81)).segments, 2);
  // 153 is odd: each part holds 76 euro signs and wastes a septet.
  assert.equal(countSegments('€'.repeat(152)).segments, 2);
  assert.equal(countSegments('€'.repeat(153)).segments, 3);
});

test('surrogate pairs are never split', () => {
  // 67 is odd: each part holds 33 emoji and wastes a unit.
  assert.equal(countSegments('😀'.repeat(35)).segments, 1);
  assert.equal(countSegments('😀'.repeat(66)).segments, 2);
  assert.equal(countSegments('😀'.repeat(67)).segments, 3);
  assert.equal(countSegments('\ud83d'.repeat(134)).segments, 2, 'a lone surrogate is one unit');
});

const GSM = fc.string({ unit: fc.constantFrom(...'aZ0 @£è\n\r_ΔΩÉ§¿à', ...'\f^{}\\[~]|€'), maxLength: 500 });
/** Characters that no cluster joins: for these the package and we mean the same. */
const SEPARATE = fc.string({ unit: fc.constantFrom(...'aé€{~çñΩ漢字Жא😀🎉𝒳`\t'), maxLength: 300 });

test('segments are those of the calculator that Twilio publishes, in texts without joined characters', () => {
  fc.assert(
    fc.property(fc.oneof(GSM, SEPARATE), (text) => {
      const theirs = new SegmentedMessage(text, 'auto', false);
      const ours = countSegments(text);
      assert.equal(ours.encoding, theirs.encodingName === 'GSM-7' ? 'gsm7' : 'ucs2');
      assert.equal(ours.segments, theirs.segmentsCount);
      assert.equal(ours.units * (ours.encoding === 'gsm7' ? 7 : 16), theirs.messageSize);
    }),
    { numRuns: 300 },
  );
});

test('every character of the basic plane has the encoding and size that the calculator of Twilio gives it', () => {
  for (let code = 0; code < 0xd800; code++) {
    const character = String.fromCharCode(code);
    const theirs = new SegmentedMessage(character, 'auto', false);
    const gsm7 = theirs.encodingName === 'GSM-7';
    assert.deepEqual(
      countSegments(character),
      { encoding: gsm7 ? 'gsm7' : 'ucs2', segments: 1, units: theirs.messageSize / (gsm7 ? 7 : 16) },
      `U+${code.toString(16)}`,
    );
  }
});

test('a joined cluster may be split between segments, so no text needs more of them than in the calculator of Twilio', () => {
  const flags = '🇩🇪'.repeat(33);
  assert.equal(countSegments(flags).segments, 2);
  assert.equal(new SegmentedMessage(flags).segmentsCount, 3);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('👨', '‍', '👩', '🇩', '🇪', 'e', '\u0301', '漢'), maxLength: 200 }),
      (text) => {
        const ours = countSegments(text);
        assert.ok(ours.segments >= Math.ceil(ours.units / (ours.units > 70 ? 67 : 70)));
        assert.ok(ours.segments <= Math.max(1, new SegmentedMessage(text).segmentsCount));
      },
    ),
    { numRuns: 200 },
  );
});

test('appending text never lowers the number of segments, and no segment exceeds its size', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (text, more) => {
        const before = countSegments(text);
        const after = countSegments(text + more);
        assert.ok(after.segments >= before.segments);
        assert.ok(
          before.units <=
            (before.encoding === 'gsm7' ? 153 : 67) * before.segments + (before.segments === 1 ? 7 : 0),
        );
      },
    ),
  );
});
