import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory } from './memory.ts';
import { createSlices, type Slice } from './slices.ts';

const FOUND = [{ start: 1, end: 9, companions: {}, confidence: 'high' as const }];
/** All rules whose numbers are so far apart have the same place for a slice. */
const PERIOD = 16_384;

function sliceOf(text: string): Slice {
  const bytes = Buffer.from(text);
  return createSlices({ bytes, length: bytes.length })({ from: 0, to: bytes.length });
}

test('what a rule found in a slice is remembered for the same bytes, wherever they stand', () => {
  const memory = createMemory();
  memory.keep(3, sliceOf('token = 7c1e09b5'), FOUND);
  assert.equal(memory.find(3, sliceOf('token = 7c1e09b5')), FOUND);
});

test('results of a slice are not given for another slice with the same mark', () => {
  const memory = createMemory();
  const [kept, other] = [sliceOf('token = 7c1e09b5'), sliceOf('token = 7c1e09b6')];
  assert.equal(kept.mark(), other.mark());
  memory.keep(3, kept, FOUND);
  assert.equal(memory.find(3, other), undefined);
});

test('results of a rule are not given for another rule that shares its place in the memory', () => {
  const memory = createMemory();
  const slice = sliceOf('token = 7c1e09b5');
  memory.keep(3, slice, FOUND);
  assert.equal(memory.find(3 + PERIOD, slice), undefined);
  memory.keep(3 + PERIOD, slice, []);
  assert.equal(memory.find(3, slice), undefined);
});
