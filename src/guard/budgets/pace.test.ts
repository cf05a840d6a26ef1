import assert from 'node:assert/strict';
import { test } from 'node:test';
import { micros } from '../../kernel/money.ts';
import type { BudgetRecord, BudgetWindow } from '../../store/records.ts';
import { endOf, runsOutAt } from './pace.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.parse('2026-11-25T00:00:00Z');

const budget = (window: BudgetWindow, createdAt = 0): BudgetRecord =>
  ({ id: 'b', name: 'b', limit: micros(100), window, createdAt }) as BudgetRecord;
const spent = (amount: number, presumed = 0) => ({ spent: amount, presumed });
const daily = budget({ kind: 'day' });

test('a budget runs out when the average since its window began would have spent all of it', () => {
  assert.equal(runsOutAt(daily, spent(60), MIDNIGHT + 12 * HOUR), MIDNIGHT + 20 * HOUR);
  assert.equal(runsOutAt(daily, spent(60, 20), MIDNIGHT + 12 * HOUR), MIDNIGHT + 16 * HOUR);
  assert.equal(runsOutAt(daily, spent(100), MIDNIGHT + 12 * HOUR), MIDNIGHT + 12 * HOUR);
});

test('one whose money lasts until the window ends, or is not used, does not run out', () => {
  assert.equal(runsOutAt(daily, spent(50), MIDNIGHT + 12 * HOUR), null);
  assert.equal(runsOutAt(daily, spent(0), MIDNIGHT + 12 * HOUR), null);
});

test('the first moments of a window are no trend', () => {
  assert.equal(runsOutAt(daily, spent(1), MIDNIGHT + 60_000), null);
  assert.equal(runsOutAt(budget({ kind: 'total' }, MIDNIGHT), spent(1), MIDNIGHT + 60_000), null);
});

test('a budget counts from when it was made, if its window began before', () => {
  const fresh = budget({ kind: 'day' }, MIDNIGHT + 10 * HOUR);
  assert.equal(runsOutAt(fresh, spent(50), MIDNIGHT + 12 * HOUR), MIDNIGHT + 14 * HOUR);
  const total = budget({ kind: 'total' }, MIDNIGHT);
  assert.equal(runsOutAt(total, spent(50), MIDNIGHT + 30 * DAY), MIDNIGHT + 60 * DAY);
  assert.equal(runsOutAt(total, spent(1), MIDNIGHT + 30 * DAY), null, 'years away');
});

test('a sliding window that has been full once gives back as much as it takes', () => {
  const sliding = budget({ kind: 'sliding', milliseconds: DAY }, MIDNIGHT);
  assert.equal(runsOutAt(sliding, spent(60), MIDNIGHT + 12 * HOUR), MIDNIGHT + 20 * HOUR);
  assert.equal(runsOutAt(sliding, spent(60), MIDNIGHT + 2 * DAY), null);
});

test('calendar windows end, others do not', () => {
  assert.equal(endOf({ kind: 'day' }, MIDNIGHT + HOUR), MIDNIGHT + DAY);
  assert.equal(endOf({ kind: 'total' }, MIDNIGHT), null);
  assert.equal(endOf({ kind: 'sliding', milliseconds: DAY }, MIDNIGHT), null);
});
