import childProcess, { type ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/** From now on, every process that is forked is shown first. The result ends that. */
export function onFork(see: (child: ChildProcess) => void): () => void {
  const { fork } = childProcess;
  const put = (next: typeof fork): void => {
    childProcess.fork = next;
    syncBuiltinESMExports();
  };
  put(((...input: Parameters<typeof fork>) => {
    const child = fork(...input);
    see(child);
    return child;
  }) as typeof fork);
  return () => put(fork);
}
