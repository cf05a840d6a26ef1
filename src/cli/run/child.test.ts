import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './child.ts';

const signalsOf = (isTerminal: boolean) => Object.assign(new EventEmitter(), { isTerminal });
const node = (code: string): readonly string[] => [process.execPath, '-e', code];

/** Runs a command that makes the file `ready` once it listens; only then these signals come. */
async function exitAfter(
  t: TestContext,
  command: (ready: string) => readonly string[],
  sent: readonly NodeJS.Signals[],
  isTerminal = false,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-child-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const ready = join(folder, 'ready');
  const signals = signalsOf(isTerminal);
  const ended = runChild(command(ready), process.env, signals);
  for (let tries = 0; tries < 3000 && !existsSync(ready); tries++) await sleep(10);
  for (const signal of sent) signals.emit(signal);
  return ended;
}

test('the exit code of the command is ours', async () => {
  const signals = signalsOf(false);
  assert.equal(await runChild(node('process.exit(7)'), {}, signals), 7);
  assert.equal(await runChild(node('process.kill(process.pid, "SIGKILL")'), {}, signals), 137);
  assert.deepEqual(signals.eventNames(), [], 'nothing listens any more');
});

test('the command gets the environment and nothing else', async () => {
  const code = 'process.exit(process.env.ONLY === "this" && !process.env.HOME ? 0 : 1)';
  assert.equal(await runChild(node(code), { ONLY: 'this' }, signalsOf(false)), 0);
});

test('signals are passed on; interrupts from a terminal, which the command gets anyway, are not', async (t) => {
  const listen = (ready: string) =>
    node(`
      process.on('SIGINT', () => process.exit(2)).on('SIGTERM', () => process.exit(3));
      setInterval(() => {}, 1000);
      fs.writeFileSync(${JSON.stringify(ready)}, '');`);
  assert.equal(await exitAfter(t, listen, ['SIGINT']), 2);
  assert.equal(await exitAfter(t, listen, ['SIGINT', 'SIGTERM'], true), 3);
});

test('signals by which services reopen files or stop gracefully are passed on', async (t) => {
  for (const [signal, expected] of [
    ['SIGUSR1', 4],
    ['SIGUSR2', 5],
    ['SIGWINCH', 6],
  ] as const) {
    const script = 'trap "exit 4" USR1; trap "exit 5" USR2; trap "exit 6" WINCH';
    const listen = (ready: string) => [
      '/bin/sh',
      '-c',
      `${script}; : > '${ready}'; for i in $(seq 600); do sleep 0.1; done`,
    ];
    assert.equal(await exitAfter(t, listen, [signal]), expected, signal);
  }
});

test('a command that does not exist is a clear error', async () => {
  const failing = runChild(['/no/such/program'], {}, signalsOf(false));
  await assert.rejects(failing, { code: 'input_invalid', message: /no\/such\/program/ });
});
