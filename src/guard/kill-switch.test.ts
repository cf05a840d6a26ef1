import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KillRecord } from '../store/records.ts';
import { message, somebody } from './intents-fixture.ts';
import { createKillSwitch } from './kill-switch.ts';

function refusalBy(scope: KillRecord['scope'], target: string, reason: string): string | undefined {
  const record: KillRecord = { id: 'kill_1', scope, target, reason, actor: 'admin', createdAt: 0 };
  return createKillSwitch([record]).check(somebody, message)?.refusal.message;
}

test('a kill switch stops everything, a vendor, an account, an app, a key or a country, and says which and why', () => {
  assert.equal(refusalBy('all', '', ''), 'A kill switch is on for everything.');
  assert.equal(refusalBy('vendor', 'acme', 'a leak'), 'A kill switch is on for vendor acme: a leak');
  assert.equal(refusalBy('account', 'account_1', ''), 'A kill switch is on for account account_1.');
  assert.equal(refusalBy('app', 'app_1', ''), 'A kill switch is on for app app_1.');
  assert.equal(refusalBy('key', 'key_1', ''), 'A kill switch is on for key key_1.');
  assert.equal(refusalBy('country', 'DE', ''), 'A kill switch is on for country DE.');
});

test('a kill switch of something else stops nothing', () => {
  assert.equal(refusalBy('vendor', 'other', ''), undefined);
  assert.equal(refusalBy('key', 'key_2', ''), undefined);
  assert.equal(refusalBy('country', 'FR', ''), undefined);
});
