import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { segmentText } from './segments.ts';

describe('SMS segments', () => {
  it('split at 160 and 153 septets, or 70 and 67 units', () => {
    const count = (text: string) => segmentText(text).segments;
    assert.deepEqual(
      [160, 161, 306, 307].map((length) => count('a'.repeat(length))),
      [1, 2, 2, 3],
    );
    assert.deepEqual(
      [70, 71, 134, 135].map((length) => count('я'.repeat(length))),
      [1, 2, 2, 3],
    );
    assert.deepEqual(
      [80, 81].map((length) => count('€'.repeat(length))),
      [1, 2],
    );
  });

  it('agree with an independent calculator for short texts', () => {
    const characters = fc.constantFrom(...'abc €^~ÄÖÜ', 'я', '中');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 160 }), (text) => {
        const other = new SegmentedMessage(text);
        const { segments, encoding } = segmentText(text);
        assert.equal(encoding, other.encodingName);
        // The calculator never splits a character over two segments; counting may differ by one then.
        assert.ok(Math.abs(segments - Math.max(1, other.segmentsCount)) <= (text.length > 60 ? 1 : 0));
      }),
    );
  });
});
