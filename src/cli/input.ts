import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { RingfenceError, systemReason } from '../kernel/errors.ts';
import type { CliProcess } from './context.ts';

const MOST_CHARACTERS = 1024 * 1024;

/** All of standard input. */
export async function readInput({ stdin }: Pick<CliProcess, 'stdin'>): Promise<string> {
  if (stdin.isTTY === true) throw new RingfenceError('usage', 'Nothing is piped to standard input.');
  const text = await readAll(stdin);
  if (text.length > MOST_CHARACTERS)
    throw new RingfenceError('usage', 'Standard input is larger than 1 MiB.');
  return text;
}

/** Text of a file that the user named. */
export async function readFileText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new RingfenceError('usage', `${path} cannot be read (${systemReason(cause)}).`, { cause });
  });
}

/** The same where `-` names standard input. */
export function readFileOrInput(process: Pick<CliProcess, 'stdin'>, path: string): Promise<string> {
  return path === '-' ? readInput(process) : readFileText(path);
}
