import { open, readdir, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import { createCursor } from './cursor.ts';
import type { Fault } from './fault.ts';
import { GENESIS, fromHex } from './format.ts';
import { openSegment, type SegmentReader } from './segment-reader.ts';
import { isUnreadable, listSegments, type SegmentFile } from './segments.ts';
import { readStart, startPath } from './start.ts';

/** What a new epoch must know about the ones before. */
export interface LastLife {
  /** Highest epoch that was ever opened here; 0 for none. */
  readonly epoch: number;
  /** Chain hash of the last record that is intact. */
  readonly head: string;
  /** What is wrong with its end, beyond what a crash of process or machine explains. */
  readonly fault: Fault | null;
}

interface Me {
  readonly node: string;
  readonly boot: string;
}

/** Finds the end of the last epoch and makes it durable, so that the new epoch may link to it. */
export async function recoverLastLife(directory: string, me: Me): Promise<LastLife> {
  await removePrepared(directory);
  const segments = await listSegments(directory);
  const epoch = segments.at(-1)?.epoch ?? 0;
  for (const segment of segments) if (segment.epoch === epoch) await syncFile(segment);
  const last = await openLast(segments, me);
  if (last.reader !== null) return { epoch, ...(await findEnd(directory, last.reader, me.boot)) };
  const start = await readStart(directory);
  if (start === 'unreadable')
    throw new RingfenceError(
      'verify_failed',
      `${startPath(directory)} cannot be read, and no segment says where the journal stands: put it back from a backup`,
    );
  if (start === null) return { epoch, head: GENESIS, fault: last.fault };
  return { epoch: Math.max(epoch, start.epoch), head: fromHex(start.head), fault: last.fault };
}

async function removePrepared(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.endsWith('.prepared')) await unlink(join(directory, name));
}

/** The dead process may have written what it did not come to sync. */
async function syncFile({ path }: SegmentFile): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

interface Last {
  readonly reader: SegmentReader | null;
  readonly fault: Fault | null;
}

/** The last segment whose header is good. */
async function openLast(segments: readonly SegmentFile[], { node }: Me): Promise<Last> {
  let fault: Fault | null = null;
  for (const segment of segments.toReversed()) {
    const found = await openSegment(segment, node);
    if (found === 'blank') continue;
    if ('kind' in found) {
      fault ??= found;
      continue;
    }
    if (found.header.node === node) return { reader: found, fault };
    await found.close();
    throw new RingfenceError('conflict', `The journal belongs to node ${found.header.node}, not ${node}`);
  }
  return { reader: null, fault };
}

/** Reads on from where everything was on disk: before that place no crash can have lost anything. */
async function findEnd(
  directory: string,
  last: SegmentReader,
  boot: string,
): Promise<Omit<LastLife, 'epoch'>> {
  const { node, epoch, durable } = last.header;
  const own = await finish(last);
  const cursor = createCursor({ directory, node, boot, from: { epoch, position: durable } });
  try {
    for (;;) {
      const step = await cursor.next(1_000);
      if (step.kind === 'fault') return { head: own, fault: step.fault };
      if (step.kind === 'end') return { head: cursor.chain()?.head ?? own, fault: null };
    }
  } finally {
    await cursor.close();
  }
}

/** Gives the unused space of a segment back; anything that is not plain zeros, or that the disk does not give, stays. */
async function finish(reader: SegmentReader): Promise<string> {
  try {
    while ((await reader.frames(1_000)).length > 0);
    const ending = await reader.ending();
    if (ending.kind === 'clean') await truncate(reader.file.path, reader.offset());
    return reader.chain.head;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return reader.chain.head;
  } finally {
    await reader.close();
  }
}
