import { EXIT } from '../exit.ts';

type Stream = Pick<NodeJS.WriteStream, 'on' | 'write' | 'writableLength'>;

interface Streams {
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/** Commands whose work matters more than their output: they go on when nobody reads it. */
const WORKING: ReadonlySet<string | undefined> = new Set(['serve', 'dev', 'run']);

/**
 * Handles the loss of the program that reads our output (`| head`, a log collector that restarts). Unhandled, its error would
 * end the process with a stack trace. Long-running commands (`WORKING`) go on without a reader; all others end as a shell expects.
 */
export function outliveReaders(
  { stdout, stderr }: Streams,
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

/**
 * Resolves when the reader has taken all output. A pipe holds 64 KB and an exiting process drops the rest, so that `| jq`
 * would see half a report. Long-running commands do not wait, as a log collector that hangs must not keep them from ending.
 */
export async function untilTaken({ stdout, stderr }: Streams, [command]: readonly string[]): Promise<void> {
  if (WORKING.has(command)) return;
  await new Promise((resolve) => setImmediate(resolve)); // Output to a file is written at once, but its failure is reported only in the next turn.
  await Promise.all([stdout, stderr].map(untilWritten));
}

function untilWritten(stream: Stream): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
