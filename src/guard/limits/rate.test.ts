import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { createRate } from './rate.ts';

const HOUR = 3_600_000;
const MOST = 200_000;
const hourly = () => createRate({ count: 1, milliseconds: HOUR, burst: 1 });

describe('a rate that more keys ask for than it remembers', () => {
  it('forgets those that are full again, not those in force', () => {
    const rate = hourly();
    const now = 2 * HOUR;
    for (let times = 0; times < 2; times++) rate.take('old', 0, 1);
    for (let key = 1; key < MOST; key++) rate.take(`new ${key}`, now, 1);
    rate.take('one more', now, 1);
    const inForce = rate.snapshot(now);
    assert.equal(inForce.size, MOST);
    for (let key = 1; key < 100; key++) assert.ok(inForce.has(`new ${key}`), `${key}`);
  });

  it('keeps a key that is used all the time, whatever floods it', () => {
    const rate = createRate({ count: 10, milliseconds: HOUR, burst: 10 });
    rate.take('in use', 0, 9);
    for (let key = 0; key < 2 * MOST; key++) {
      rate.take(`flood ${key}`, 0, 1);
      if (key % 10_000 === 0) rate.take('in use', 0, 0);
    }
    assert.equal(rate.fits('in use', 0, 2), false);
    assert.equal(rate.snapshot(0).size, MOST);
  });
});

test('a rate takes as many at once as it states, at any time, and as many again once its time is over', () => {
  for (const [count, milliseconds] of [
    [3, 1000],
    [7, 600_000],
    [10, 600_000],
    [49, HOUR],
  ] as const)
    for (let now = 0.125; now < 1e9; now = now * 1.7 + 0.3) {
      const rate = createRate({ count, milliseconds, burst: count });
      for (const at of [now, now + milliseconds + 1]) {
        let taken = 0;
        for (; rate.fits('one', at, 1); taken++) rate.take('one', at, 1);
        assert.equal(taken, count, `${count} in ${milliseconds} ms at ${at}`);
      }
      assert.equal(rate.snapshot(now + milliseconds + 1).get('one'), count);
    }
});

test('a key that is refused all the time stays known, whatever floods it', () => {
  const rate = hourly();
  rate.take('refused', 0, 1);
  for (let key = 0; key < 2 * MOST; key++) {
    rate.take(`flood ${key}`, 0, 1);
    if (key % 10_000 === 0) assert.equal(rate.fits('refused', 0, 1), false, `${key}`);
  }
});

describe('what a rate tells the other processes', () => {
  const QUIET = 50;
  const fast = () => createRate({ count: 100, milliseconds: 1000, burst: 10 });

  it('leaves out a key that is full again and had no more than its share', () => {
    const rate = fast();
    rate.take('slow', 0, 5);
    rate.take('faster', 0, 6);
    assert.deepEqual([...rate.takeUsage(100, QUIET)], [['faster', 6]]);
    assert.deepEqual([...rate.takeUsage(100, QUIET)], []);
  });

  it('holds a key that is not full, however little was taken', () => {
    const rate = fast();
    rate.take('one', 0, 9);
    rate.takeUsage(0, QUIET);
    rate.take('one', 10, 1);
    assert.deepEqual([...rate.takeUsage(90, QUIET)], [['one', 1]]);
  });

  it('counts a key once that was forgotten and came back meanwhile', () => {
    const rate = hourly();
    rate.take('one', 0, 1);
    for (let key = 0; key < 2 * MOST; key++) rate.take(`flood ${key}`, 0, 1);
    rate.take('one', 0, 2);
    assert.equal(rate.takeUsage(0, QUIET).get('one'), 3);
  });

  it('lets two processes admit together what the rate states, however little each takes at a time', () => {
    for (const pause of [1, 3, 7, 10, 15, 19, 20, 25]) {
      const [left, right] = [fast(), fast()];
      let admitted = 0;
      for (let now = 0; now < 60_000; now++) {
        for (const rate of now % pause === 0 ? [left, right] : [])
          if (rate.fits('one', now, 1)) {
            rate.take('one', now, 1);
            admitted++;
          }
        if (now % 100 !== 99) continue;
        const [fromLeft, fromRight] = [left.takeUsage(now, QUIET), right.takeUsage(now, QUIET)];
        for (const [key, count] of fromLeft) right.merge(key, now, count);
        for (const [key, count] of fromRight) left.merge(key, now, count);
      }
      assert.ok(admitted <= 6000 * 1.01 + 2 * 20, `${admitted} with ${pause} ms between`);
    }
  });
});

test('what other processes took counts here, and is not told to them as taken here', () => {
  const rate = createRate({ count: 3, milliseconds: HOUR, burst: 3 });
  rate.merge('key', 0, 2);
  rate.take('key', 0, 1);
  assert.equal(rate.fits('key', 0, 1), false);
  assert.deepEqual([...rate.takeUsage(0, 0)], [['key', 1]]);
  assert.deepEqual([...rate.takeUsage(0, 0)], []);
});
