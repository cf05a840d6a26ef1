import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { DamageError } from './damage.ts';
import { inflate } from './inflate.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { carryOut, encodeDelta } from './objects/pack-fixture.ts';
import { createRandom, randomEdit, randomText } from './objects/random-history-fixture.ts';
import { openKernel } from './wasm-kernel.ts';

const MEMORY = 1 << 17;
const RESULT = 1 << 15;
const UNTOUCHED = Buffer.alloc(MEMORY, 0xa5);
const SPARE = 64;
const RUNS = 150;

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

function open(kernel: Kernel): Kernel {
  kernel.grow(MEMORY);
  return kernel;
}

/** The kernel in plain TypeScript, with its own way of inflating for every size. */
function createPlain(): Kernel {
  const kernel = open(createKernel());
  return { ...kernel, inflate: (job) => inflate(kernel.bytes(), job) };
}

const KERNELS = {
  'plain TypeScript': createPlain(),
  'with zlib': open(createKernel()),
  WebAssembly: open(openKernel()),
};

test('the kernel in WebAssembly has been built', () => {
  assert.ok(existsSync(new URL('kernel.wasm', import.meta.url)));
});

/** Inflates, and fails when a byte beyond the result's place and its spare room has changed. */
function inflated(kernel: Kernel, packed: Uint8Array, size: number): Buffer {
  kernel.bytes().set(UNTOUCHED);
  kernel.bytes().set(packed, 0);
  kernel.inflate({ from: 0, to: packed.length, at: RESULT, size });
  const bytes = Buffer.from(kernel.bytes().subarray(0, MEMORY));
  assert.ok(bytes.subarray(packed.length, RESULT).equals(UNTOUCHED.subarray(packed.length, RESULT)));
  const end = RESULT + size + SPARE;
  assert.ok(bytes.subarray(end).equals(UNTOUCHED.subarray(end)));
  return bytes.subarray(RESULT, RESULT + size);
}

for (const [name, kernel] of Object.entries(KERNELS))
  describe(`the kernel (${name})`, () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.integer().map((seed) => Buffer.from(randomText(createRandom(seed), 400), 'latin1')),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(400)).map(([part, times]) => {
        const parts = Array.from({ length: times }, () => part);
        return Buffer.concat(parts);
      }),
    );

    test('inflates what zlib has deflated, whatever the level and the strategy', () => {
      // With little memory, zlib ends a block after some hundred bytes.
      const memory = fc.constantFrom(1, 8);
      const property = fc.property(content, fc.nat(9), fc.nat(3), memory, (bytes, level, kind, memLevel) => {
        const packed = deflateSync(bytes, { level, memLevel, strategy: STRATEGIES[kind] ?? 0 });
        assert.ok(inflated(kernel, packed, bytes.length).equals(bytes));
      });
      fc.assert(property, { numRuns: RUNS });
    });

    test('refuses, and writes nowhere else, when bits are wrong or bytes are missing', () => {
      const property = fc.property(content, fc.nat(), fc.nat(), (bytes, at, cut) => {
        const packed = Buffer.from(deflateSync(bytes));
        const bit = at % (packed.length * 8);
        packed[bit >> 3] = (packed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const part of [packed, packed.subarray(0, cut % packed.length)]) {
          try {
            inflated(kernel, part, bytes.length);
          } catch (error) {
            assert.ok(error instanceof DamageError, String(error));
          }
        }
      });
      fc.assert(property, { numRuns: RUNS });
    });

    test('applies deltas and tells the copied runs, neighbours as one', () => {
      const property = fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const base = Buffer.from(randomText(random, 60), 'latin1');
        const instructions = randomEdit(random, base);
        const result = carryOut(base, instructions);
        const delta = encodeDelta(base.length, result.length, instructions);
        const head = encodeDelta(base.length, result.length, []).length;
        kernel.bytes().set(delta, 0);
        kernel.bytes().set(base, 1 << 14);
        const place = { base: 1 << 14, baseSize: base.length, at: RESULT, size: result.length };
        const { table, count } = kernel.applyDelta({ delta: head, deltaEnd: delta.length, ...place });
        assert.ok(Buffer.from(kernel.bytes().subarray(RESULT, RESULT + result.length)).equals(result));
        let end = 0;
        for (const [start = 0, from = 0, length = 0] of chunks(table, count)) {
          assert.ok(start >= end && length > 0);
          assert.ok(result.subarray(start, start + length).equals(base.subarray(from, from + length)));
          end = start + length;
        }
      });
      fc.assert(property, { numRuns: RUNS });
    });

    test('copies 64 KiB where a delta gives no length', () => {
      const base = Buffer.from(randomText(createRandom(1), 20_000), 'latin1').subarray(0, 65_541);
      kernel.grow(1 << 18);
      kernel.bytes().set([0x81, 5], 0);
      kernel.bytes().set(base, 1 << 10);
      const place = { base: 1 << 10, baseSize: base.length, at: 1 << 17, size: 65_536 };
      const { table, count } = kernel.applyDelta({ delta: 0, deltaEnd: 2, ...place });
      assert.deepEqual(chunks(table, count), [[0, 5, 65_536]]);
      assert.ok(base.subarray(5).equals(kernel.bytes().subarray(1 << 17, (1 << 17) + 65_536)));
    });

    test('refuses a delta whose last copy is cut off, whatever lies behind it', () => {
      kernel.bytes().set([0x91, 2, 5], 0);
      const place = { base: 1 << 10, baseSize: 10, at: RESULT, size: 5 };
      assert.equal(kernel.applyDelta({ delta: 0, deltaEnd: 3, ...place }).count, 1);
      for (const deltaEnd of [1, 2])
        assert.throws(() => kernel.applyDelta({ delta: 0, deltaEnd, ...place }), DamageError);
    });
  });

function chunks(table: Int32Array, count: number): number[][] {
  return Array.from({ length: count }, (_, run) => [...table.subarray(run * 3, run * 3 + 3)]);
}
