import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellWhile } from './slow-work.ts';

test('work that takes long tells every five seconds how far it is, until it ends or fails', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let told = 0;
  const tell = (): void => void told++;
  const work = Promise.withResolvers<void>();
  const done = tellWhile(work.promise, tell);
  t.mock.timers.tick(4_999);
  assert.equal(told, 0);
  t.mock.timers.tick(5_001);
  assert.equal(told, 2);
  work.resolve();
  await done;
  await assert.rejects(tellWhile(Promise.reject(new Error('broken')), tell), /broken/);
  t.mock.timers.tick(60_000);
  assert.equal(told, 2);
});
