import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { RingfenceError, systemReason } from '../kernel/errors.ts';
import type { CliProcess } from './context.ts';

const MOST_CHARACTERS = 1024 * 1024;

/** Reads standard input to its end. */
export async function readInput({ stdin }: Pick<CliProcess, 'stdin'>): Promise<string> {
  if (stdin.isTTY === true) throw new RingfenceError('usage', 'Nothing is piped to standard input.');
  const text = await readAll(stdin);
  if (text.length > MOST_CHARACTERS)
    throw new RingfenceError('usage', 'Standard input is larger than 1 MiB.');
  return text;
}

/** Reads a text file that the user named. Throws `usage` when it cannot be read. */
export async function readFileText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new RingfenceError('usage', `${path} cannot be read (${systemReason(cause)}).`, { cause });
  });
}

/** As `readFileText`, but the path `-` means standard input. */
export function readFileOrInput(process: Pick<CliProcess, 'stdin'>, path: string): Promise<string> {
  return path === '-' ? readInput(process) : readFileText(path);
}
