import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { continues, FRAME_BYTES, GENESIS, MAX_PAYLOAD, readFrame, toHex, writeFrame } from './format.ts';

const room = (text: string): Buffer => Buffer.alloc(FRAME_BYTES + text.length * 3 + 16);

test('a frame holds what was written, and its hash is SHA-256 of previous hash, position and payload', () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(texts, fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 21 - 1 }), (all, low, high) => {
      const first = high * 2 ** 32 + low;
      const chain = { position: first, head: GENESIS };
      const reader = { position: first, head: GENESIS };
      let expected = Buffer.alloc(32);
      for (const [index, text] of all.entries()) {
        const buffer = room(text);
        const bytes = writeFrame(buffer, 5, chain, text);
        const frame = readFrame(buffer, 5, buffer.length);
        assert.ok(frame !== null);
        assert.equal(frame.bytes, bytes);
        assert.equal(frame.position, first + index);
        assert.equal(frame.payload.toString(), text);
        const position = Buffer.alloc(8);
        position.writeBigUInt64LE(BigInt(first + index));
        expected = createHash('sha256').update(expected).update(position).update(text).digest();
        assert.equal(toHex(frame.head), expected.toString('hex'));
        assert.ok(continues(buffer, 5, frame, reader));
        assert.ok(readFrame(buffer, 5, buffer.length) !== null, 'checking leaves the frame as it was');
        reader.position += 1;
        reader.head = frame.head;
      }
    }),
  );
});

test('no flipped bit of a frame goes unnoticed', () => {
  const text = JSON.stringify({ type: 'close', at: 1 });
  const buffer = room(text);
  const bytes = writeFrame(buffer, 0, { position: 7, head: GENESIS }, text);
  for (let bit = 0; bit < bytes * 8; bit += 1) {
    const copy = Buffer.from(buffer);
    const at = bit >> 3;
    copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
    assert.equal(readFrame(copy, 0, copy.length), null, `bit ${bit}`);
  }
});

test('a frame that is cut off is no frame', () => {
  const text = 'x'.repeat(50);
  const buffer = room(text);
  const bytes = writeFrame(buffer, 0, { position: 0, head: GENESIS }, text);
  for (let end = 0; end < bytes; end += 1) assert.equal(readFrame(buffer, 0, end), null);
  assert.notEqual(readFrame(buffer, 0, bytes), null);
});

test('a payload beyond 64 KiB is refused and the chain stays where it was', () => {
  const chain = { position: 3, head: GENESIS };
  const text = 'x'.repeat(MAX_PAYLOAD + 1);
  assert.equal(writeFrame(room(text), 0, chain, text), 0);
  assert.deepEqual(chain, { position: 3, head: GENESIS });
  assert.ok(writeFrame(room(text), 0, chain, text.slice(1)) > MAX_PAYLOAD);
});
