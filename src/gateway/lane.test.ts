import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLane } from './lane.ts';

const PATIENCE = 50;

test('so many are inside at a time, and others follow in order of arrival as places are left', async () => {
  const lane = createLane({ places: 2, waiting: 2, patience: 60_000 });
  assert.deepEqual([lane.enter(), lane.enter()], [true, true]);
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    assert.equal(await lane.enter(), true);
    order.push(name);
  });
  lane.leave();
  await waiting[0];
  assert.deepEqual(order, ['first']);
  lane.leave();
  await waiting[1];
  lane.leave();
  lane.leave();
  assert.deepEqual([lane.enter(), lane.enter()], [true, true], 'no place is lost');
});

test('more than may wait are turned away at once, and those who wait too long then', async () => {
  const lane = createLane({ places: 1, waiting: 1, patience: PATIENCE });
  void lane.enter();
  const waiting = lane.enter();
  assert.equal(lane.enter(), false);
  assert.equal(await waiting, false);
  lane.leave();
  assert.equal(lane.enter(), true, 'who was turned away holds no place');
  const late = lane.enter();
  lane.leave();
  assert.equal(await late, true);
});
