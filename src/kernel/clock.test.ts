import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClock } from './clock.ts';

const HOUR = 3_600_000;

/** A machine whose clocks are moved by hand. */
function createMachine() {
  const now = { wall: 1e12, monotonic: 5_000, uptime: 90_000 };
  const clock = createClock({
    wall: () => now.wall,
    monotonic: () => now.monotonic,
    uptime: () => now.uptime,
    start: now.wall,
  });
  const pass = (milliseconds: number): void => {
    now.wall += milliseconds;
    now.monotonic += milliseconds;
    now.uptime += milliseconds;
  };
  const sleep = (milliseconds: number): void => {
    now.wall += milliseconds;
    now.uptime += milliseconds;
  };
  return { now, clock, pass, sleep, behind: () => now.wall - clock.ledger() };
}

describe('the ledger clock', () => {
  it('goes on over a sleep of the machine, in which monotonic time stands still', () => {
    const { clock, pass, sleep, behind, now } = createMachine();
    pass(10_000);
    assert.equal(behind(), 0);
    const before = clock.monotonic();
    sleep(8 * HOUR);
    assert.equal(clock.monotonic(), before);
    pass(1_000);
    assert.equal(behind(), 0, 'an expired key lives on for less than a second of use');
    assert.equal(clock.wall(), now.wall);
  });

  it('counts each sleep once, also when it was not asked for long, and short ones when they add up', () => {
    const { pass, sleep, behind } = createMachine();
    for (let round = 0; round < 20; round++) {
      sleep(400);
      pass(5_000);
    }
    assert.ok(behind() < 1_000);
    sleep(HOUR);
    pass(HOUR);
    sleep(HOUR);
    pass(1_000);
    assert.equal(behind(), 0);
  });

  it('waits for a wall clock that is right only some time after the sleep', () => {
    const { now, pass, behind } = createMachine();
    pass(10_000);
    now.uptime += 8 * HOUR;
    pass(30_000);
    assert.equal(behind(), 0);
    now.wall += 8 * HOUR;
    pass(1_000);
    assert.equal(behind(), 0);
  });

  it('follows a step of the wall clock slowly, and no further than the machine has slept', () => {
    const { now, clock, pass, sleep } = createMachine();
    sleep(HOUR);
    pass(1_000);
    assert.equal(clock.ledger(), now.wall);
    const before = clock.ledger();
    now.wall += 400 * 24 * HOUR;
    pass(10_000);
    assert.equal(clock.ledger() - before, 11_000);
  });

  it('does not follow an uptime that jumps by itself, as that of a container may', () => {
    const { now, clock, pass } = createMachine();
    now.uptime += 1_000 * HOUR;
    pass(5_000);
    assert.equal(clock.ledger(), now.wall);
    now.uptime -= 2_000 * HOUR;
    pass(5_000);
    assert.equal(clock.ledger(), now.wall);
  });

  it('never goes back', () => {
    const { now, clock, pass } = createMachine();
    const before = clock.ledger();
    now.wall -= 24 * HOUR;
    now.monotonic -= 1_000;
    assert.equal(clock.ledger(), before);
    pass(500);
    assert.equal(clock.ledger(), before + 500);
  });
});
