import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSemaphore } from './semaphore.ts';

const PATIENCE = 50;

test('a limited number hold a slot at a time, and others follow in order of arrival as slots are released', async () => {
  const semaphore = createSemaphore({ slots: 2, waiting: 2, patience: 60_000 });
  assert.deepEqual([semaphore.acquire(), semaphore.acquire()], [true, true]);
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    assert.equal(await semaphore.acquire(), true);
    order.push(name);
  });
  semaphore.release();
  await waiting[0];
  assert.deepEqual(order, ['first']);
  semaphore.release();
  await waiting[1];
  semaphore.release();
  semaphore.release();
  assert.deepEqual([semaphore.acquire(), semaphore.acquire()], [true, true], 'no slot is lost');
});

test('more than may wait are turned away at once, and those who wait too long then', async () => {
  const semaphore = createSemaphore({ slots: 1, waiting: 1, patience: PATIENCE });
  void semaphore.acquire();
  const waiting = semaphore.acquire();
  assert.equal(semaphore.acquire(), false);
  assert.equal(await waiting, false);
  semaphore.release();
  assert.equal(semaphore.acquire(), true, 'who was turned away holds no slot');
  const late = semaphore.acquire();
  semaphore.release();
  assert.equal(await late, true);
});
