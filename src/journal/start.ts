import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IsSigned, Sign } from './checkpoint.ts';
import { writeWhole } from './files.ts';
import { isMissing, isUnreadable, type Place } from './segments.ts';

/** Where the journal begins after pruning: the place of its first kept record, signed. */
export interface JournalStart extends Place {
  /** Chain hash of the record before it, hex. */
  readonly head: string;
  readonly node: string;
  readonly signature: string;
}

export const START_NAME = 'start.json';

/** File that says where the journal in the folder begins. */
export function startPath(directory: string): string {
  return join(directory, START_NAME);
}

/** Null when nothing was ever pruned. `unreadable` when the file is not what we write, or the disk does not give it. */
export async function readStart(directory: string): Promise<JournalStart | 'unreadable' | null> {
  try {
    const value: unknown = JSON.parse(await readFile(startPath(directory), 'utf8'));
    return isStart(value) ? value : 'unreadable';
  } catch (error) {
    if (isMissing(error)) return null;
    if (error instanceof SyntaxError || isUnreadable(error)) return 'unreadable';
    throw error;
  }
}

/** Replaces the file in one step that survives a power cut. */
export async function writeStart(
  directory: string,
  facts: Omit<JournalStart, 'signature'>,
  sign: Sign,
): Promise<void> {
  await writeWhole(startPath(directory), JSON.stringify({ ...facts, signature: sign(startText(facts)) }));
}

/** True when the signature of the beginning fits. */
export function isStartSigned(start: JournalStart, isSigned: IsSigned): boolean {
  return isSigned(startText(start), start.signature);
}

function startText({ node, epoch, position, head }: Omit<JournalStart, 'signature'>): string {
  return `ringfence journal start 1\n${node}\n${epoch}\n${position}\n${head}`;
}

function isStart(value: unknown): value is JournalStart {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, position, head, node, signature } = value as Record<keyof JournalStart, unknown>;
  return (
    Number.isSafeInteger(epoch) &&
    Number.isSafeInteger(position) &&
    typeof head === 'string' &&
    /^[0-9a-f]{64}$/.test(head) &&
    typeof node === 'string' &&
    typeof signature === 'string'
  );
}
