import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCanaryWatch } from './watch.ts';

const use = (at: number) => ({ at, address: '192.0.2.1', vendor: 'acme' });

test('a use is told at once, its repetitions together, and what is no canary not at all', () => {
  const told: (readonly [string, number, number])[] = [];
  const watch = createCanaryWatch((canary, { at }, count) => void told.push([canary, at, count]));
  watch.check('h1', use(0));
  watch.configure([{ id: 'canary_1', index: 'h1' }]);
  watch.check('other', use(1));
  for (let at = 2; at < 1002; at++) watch.check('h1', use(at));
  assert.deepEqual(told, [['canary_1', 2, 1]]);
  watch.flush();
  watch.flush();
  assert.deepEqual(told.slice(1), [['canary_1', 1001, 999]]);
  watch.check('h1', use(2000));
  assert.deepEqual(told.at(-1), ['canary_1', 2000, 1]);
});
