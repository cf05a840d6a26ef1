import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../../src/${name}`, import.meta.url));

/** On SIGUSR1 Node opens a debugger, which any user of the machine may use to read what is in memory. */
for (const [name, args] of [
  ['start.mjs', ['run', '--help-me-wait']],
  ['node/data-plane/worker.ts', []],
] as const)
  test(`${name} opens no debugger on SIGUSR1`, async (t) => {
    const told = `if (process.listenerCount('SIGUSR1') > 0) process.send?.('loaded');`;
    const preload = `data:text/javascript,process.exit = () => {}; setInterval(() => { ${told} }, 100);`;
    const child = fork(pathOf(name), [...args], {
      execArgv: ['--inspect-port=0', '--import', preload],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    t.after(() => child.kill('SIGKILL'));
    await once(child, 'message', { signal: t.signal });
    child.kill('SIGUSR1');
    await sleep(1000);
    assert.ok(!/debugger|inspector/i.test(errors), errors);
  });
