import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** strace on a process that runs: does something at the system calls of all its threads. */
export interface Trace {
  /** False once the process has ended. */
  isOn(): boolean;
  stop(): Promise<void>;
}

/** `action` as strace's `inject=<call>:<action>` takes it. Resolves when all threads are attached. */
export async function trace(pid: number, call: string, action: string): Promise<Trace> {
  const options = ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${call}`];
  const child = spawn('strace', [...options, '-e', `inject=${call}:${action}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let isOn = true;
  void ended.then(() => (isOn = false));
  let text = '';
  await Promise.race([
    ended,
    new Promise<void>((attached) => {
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('attached')) attached();
      });
    }),
  ]);
  if (!isOn) throw new Error(`strace cannot attach: ${text}`);
  return {
    isOn: () => isOn,
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
}
