import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockDifference } from './clock-difference.ts';

const HOUR = 3_600_000;
const of = (ahead: number) => clockDifference({ wall: 1e12, ledger: 1e12 + ahead });

test('clocks that are apart are told with how far, what it does, and the way out', () => {
  assert.equal(of(59_000), null);
  assert.equal(of(-59_000), null);
  assert.match(of(36 * HOUR)?.message ?? '', /is 36 hours ahead of the machine's.* too early/);
  assert.match(of(36 * HOUR)?.remedy ?? '', /init --trust-clock/);
  assert.match(of(-72 * HOUR)?.message ?? '', /is 3 days behind the machine's.* too late/);
  assert.match(of(-72 * HOUR)?.remedy ?? '', /restart the gateway/);
});
