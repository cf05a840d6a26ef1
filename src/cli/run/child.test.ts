import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { runChild } from './child.ts';

const signalsOf = (isTerminal: boolean) => Object.assign(new EventEmitter(), { isTerminal });
const node = (code: string): readonly string[] => [process.execPath, '-e', code];

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

test('signals are passed on; interrupts from a terminal, which the command gets anyway, are not', async () => {
  const code =
    'process.on("SIGINT", () => process.exit(2)).on("SIGTERM", () => process.exit(3)); setInterval(() => {}, 1000);';
  for (const [isTerminal, expected] of [
    [false, 2],
    [true, 3],
  ] as const) {
    const signals = signalsOf(isTerminal);
    const ended = runChild(node(code), {}, signals);
    const timer = setInterval(() => {
      signals.emit('SIGINT');
      setTimeout(() => signals.emit('SIGTERM'), 50);
    }, 2000);
    const result = await ended.finally(() => clearInterval(timer));
    assert.equal(result, expected);
  }
});

test('signals by which services reopen files or stop gracefully are passed on', async () => {
  for (const [signal, expected] of [
    ['SIGUSR1', 4],
    ['SIGUSR2', 5],
    ['SIGWINCH', 6],
  ] as const) {
    const signals = signalsOf(false);
    const script =
      'trap "exit 4" USR1; trap "exit 5" USR2; trap "exit 6" WINCH; for i in $(seq 100); do sleep 0.1; done';
    const ended = runChild(['/bin/sh', '-c', script], process.env, signals);
    const timer = setInterval(() => signals.emit(signal), 1000);
    assert.equal(await ended.finally(() => clearInterval(timer)), expected, signal);
  }
});

test('a command that does not exist is a clear error', async () => {
  const failing = runChild(['/no/such/program'], {}, signalsOf(false));
  await assert.rejects(failing, { code: 'input_invalid', message: /no\/such\/program/ });
});
