import { EXIT } from '../exit.ts';

type Stream = Pick<NodeJS.WriteStream, 'on' | 'write' | 'writableLength'>;

interface Streams {
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/** Commands that have more to do than to talk. */
const WORKING: ReadonlySet<string | undefined> = new Set(['serve', 'dev', 'run']);

/**
 * Whoever reads our output may go (`| head`, a log collector that restarts). Such an error that nobody hears ends the process
 * with a stack trace, and a gateway with it: that goes on without a reader, other commands end as a shell expects.
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
 * Resolves when the reader has taken everything. A pipe holds 64 KB, and a process that exits drops the rest: `| jq` would
 * see half a report. What serves does not wait at its end for a log collector that hangs.
 */
export async function untilTaken({ stdout, stderr }: Streams, [command]: readonly string[]): Promise<void> {
  if (WORKING.has(command)) return;
  await new Promise((resolve) => setImmediate(resolve)); // A file is written at once, its failure told after that.
  await Promise.all([stdout, stderr].map(untilWritten));
}

function untilWritten(stream: Stream): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
