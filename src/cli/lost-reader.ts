import { EXIT } from './exit.ts';

type Stream = Pick<NodeJS.WriteStream, 'on' | 'write'>;

/** Commands that have more to do than to talk. */
const WORKING: ReadonlySet<string | undefined> = new Set(['serve', 'dev', 'run']);

/**
 * Whoever reads our output may go (`| head`, a log collector that restarts). Such an error that nobody hears ends the process
 * with a stack trace, and a gateway with it: that goes on without a reader, other commands end as a shell expects.
 */
export function outliveReaders(
  { stdout, stderr }: { readonly stdout: Stream; readonly stderr: Stream },
  [command]: readonly string[],
  exit: (code: number) => void,
): void {
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (WORKING.has(command)) return;
    if (error.code === 'EPIPE') return exit(EXIT.readerLost);
    stderr.write(`error: standard output cannot be written: ${error.message}\n`);
    exit(EXIT.failure);
  });
}
