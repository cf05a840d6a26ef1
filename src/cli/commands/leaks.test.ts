import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminClient } from '../client/client.ts';
import { createCli } from '../cli.ts';

const ESCAPES = '\u001B]0;owned\u0007\u001B[2J\u009B1A\u202Etxt.exe';

/** What a command prints when the admin API answers `answer` to everything. */
async function printed(answer: unknown, ...words: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string) => void (text += part);
  const process = {
    stdin: globalThis.process.stdin,
    stdout: { write },
    stderr: { write },
    env: {},
    version: 'v24',
    on: () => {},
    off: () => {},
  };
  const client = { call: () => Promise.resolve(answer) } as unknown as AdminClient;
  const ring = { list: never, add: never, drop: never };
  const inspect = () => Promise.resolve([]);
  const actions = { init: never, dev: never, serve: never, inspect, backup: never, ring, checkPolicy: never };
  await createCli({ process, client: () => client, actions, version: '1' }).run(words);
  return text;
}

function never(): Promise<never> {
  return Promise.reject(new Error('not asked for'));
}

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
  const text = await printed(leak, 'leaks', 'show', 'leak_1');
  assert.match(text, /^place {5}src\/ \]0;owned \[2J 1A txt\.exe:1$/m);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('what wants a person is told in one line each, whatever a title holds', async () => {
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
  const text = await printed(status, 'status');
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});
