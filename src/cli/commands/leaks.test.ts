import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../cli-fixture.ts';

const ESCAPES = '\u001B]0;owned\u0007\u001B[2J\u009B1A\u202Etxt.exe';

test('a file name or author of a scanned repository cannot move the cursor of who looks at the leak', async () => {
  const leak = {
    id: 'leak_1',
    title: 'Acme token',
    masked: 'abcd… (32 characters)',
    state: 'open',
    note: '',
    places: [`src/${ESCAPES}:1`],
    match: null,
    owner: null,
    firstSeenAt: '2026-11-26T10:11:12.000Z',
    lastSeenAt: '2026-11-26T10:11:12.000Z',
    remedy: 'Delete it.',
  };
  const text = await printed(() => leak, 'leaks', 'show', 'leak_1');
  assert.match(text, /^place {5}src\/ \]0;owned \[2J 1A txt\.exe:1$/m);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('a leak that needs a person is told in one line, whatever its title holds', async () => {
  const status = {
    version: '1',
    uptimeSeconds: 1,
    listeners: [],
    workers: [],
    journals: [],
    store: { engine: 'sqlite', state: 'ok', problem: null },
    vendors: [],
    alarms: [`leak leak_1 is open: ${ESCAPES}`],
  };
  const text = await printed(() => status, 'status');
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});
