import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A segment file by its name: `<epoch 8 digits>-<first position 12 digits>.journal`. */
export interface SegmentFile {
  readonly path: string;
  readonly epoch: number;
  readonly first: number;
}

/** A place in the journal of one node. */
export interface Place {
  readonly epoch: number;
  readonly position: number;
}

const NAME = /^(\d{8})-(\d{12})\.journal$/;

/** File name of the segment that begins at `place`; names sort in the order of the journal. */
export function segmentPath(directory: string, { epoch, position }: Place): string {
  const name = `${String(epoch).padStart(8, '0')}-${String(position).padStart(12, '0')}.journal`;
  return join(directory, name);
}

/** All segments in order; none when the directory does not exist. */
export async function listSegments(directory: string): Promise<readonly SegmentFile[]> {
  return segmentsOf(directory, await namesIn(directory));
}

/** The segments that come after `here`. Called ten times a second, so it does not parse the names of the others. */
export async function listAfter(directory: string, here: SegmentFile): Promise<readonly SegmentFile[]> {
  const name = basename(here.path);
  return segmentsOf(
    directory,
    (await namesIn(directory)).filter((one) => one > name),
  );
}

function segmentsOf(directory: string, names: readonly string[]): readonly SegmentFile[] {
  const segments: SegmentFile[] = [];
  for (const name of names.toSorted()) {
    const match = NAME.exec(name);
    if (match !== null)
      segments.push({ path: join(directory, name), epoch: Number(match[1]), first: Number(match[2]) });
  }
  return segments;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** True for the error of a file or directory that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** True for what a disk says that cannot give its data. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

/** True when `a` comes before `b`. */
export function isBefore(a: Place, b: Place): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.position < b.position);
}

/** Makes names that were created, renamed or removed in `directory` survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
