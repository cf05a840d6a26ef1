import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressLine } from './progress.ts';

function run(isTTY: boolean): string[] {
  const written: string[] = [];
  let now = 0;
  const line = createProgressLine({ stderr: { isTTY, write: (text) => written.push(text) } }, () => now);
  for (now = 0; now <= 1000; now += 50) line.update({ done: now, total: 2000, unit: 'files' });
  line.clear();
  line.clear();
  return written;
}

test('a terminal sees a line that is written over, not before half a second, ten times a second at most', () => {
  const written = run(true);
  assert.equal(written[0], '\r\u001B[K25 %  500 of 2,000 files');
  assert.equal(written.length, 7);
  assert.equal(written.at(-1), '\r\u001B[K');
});

test('nothing is shown where stderr is a pipe', () => {
  assert.deepEqual(run(false), []);
});
