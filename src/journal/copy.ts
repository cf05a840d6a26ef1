import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK_NAME } from './lock.ts';
import { isMissing } from './segments.ts';
import { START_NAME } from './start.ts';

export interface Copied {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies a folder of journals, which may be written meanwhile, into a new folder. What is listed first was written
 * first, so each copy is the journal as it stood at some moment since. What is pruned meanwhile is left out; the start, which
 * says so, comes last. All is on disk when it resolves. `onBytes` is told of each file.
 */
export async function copyJournals(
  from: string,
  to: string,
  onBytes: (more: number) => void = () => undefined,
): Promise<Copied> {
  await mkdir(to, { mode: 0o700 });
  let [files, bytes] = [0, 0];
  for (const entry of await entriesOf(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith(LOCK_NAME)) continue; // The copy is in nobody's use.
    if (entry.isDirectory()) {
      const inner = await copyJournals(source, target, onBytes);
      files += inner.files;
      bytes += inner.bytes;
    } else if (entry.isFile()) {
      const size = await copyWhole(source, target);
      if (size === null) continue;
      onBytes(size);
      files += 1;
      bytes += size;
    }
  }
  await sync(to);
  return { files, bytes };
}

/** Bytes of all files in a folder of journals, as it stands. */
export async function journalBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await journalBytes(path);
    else if (entry.isFile()) bytes += await stat(path).then(({ size }) => size, zeroIfMissing);
  }
  return bytes;
}

function zeroIfMissing(error: unknown): number {
  if (isMissing(error)) return 0;
  throw error;
}

/** In order of writing: segments by epoch and position, the start after them. */
async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const orderOf = (name: string): string => (name === START_NAME ? `1${name}` : `0${name}`);
  return entries.toSorted((a, b) => (orderOf(a.name) < orderOf(b.name) ? -1 : 1));
}

/** Copies a file to the disk. Size of the copy; null for a file that is not there. */
export async function copyWhole(source: string, target: string): Promise<number | null> {
  try {
    await copyFile(source, target);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  return sync(target);
}

async function sync(path: string): Promise<number> {
  await using file = await open(path, 'r');
  await file.sync();
  return (await file.stat()).size;
}
