import { open, readdir, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import type { Fault } from './fault.ts';
import { GENESIS, fromHex } from './format.ts';
import { readStart } from './start.ts';
import { openSegment } from './segment-reader.ts';
import type { SegmentReader } from './segment-reader.ts';
import { listSegments } from './segments.ts';
import type { SegmentFile } from './segments.ts';

/** What a new epoch must know about the ones before. */
export interface LastLife {
  /** Highest epoch that was ever opened here; 0 for none. */
  readonly epoch: number;
  /** Chain hash of the last record that is intact. */
  readonly head: string;
  /** What is wrong with the last segment, beyond what a crash of process or machine explains. */
  readonly fault: Fault | null;
}

interface Me {
  readonly node: string;
  readonly boot: string;
}

/** Finds the end of the last epoch and makes it durable, so that the new epoch may link to it. */
export async function recoverLastLife(directory: string, { node, boot }: Me): Promise<LastLife> {
  await removePrepared(directory);
  const segments = await listSegments(directory);
  const epoch = segments.at(-1)?.epoch ?? 0;
  for (const segment of segments) if (segment.epoch === epoch) await syncFile(segment);
  let fault: Fault | null = null;
  for (const segment of segments.toReversed()) {
    const found = await readToEnd(segment, { node, boot });
    if (found === 'blank') continue;
    if ('head' in found) return { epoch, head: found.head, fault: fault ?? found.fault };
    fault ??= found;
  }
  const start = await readStart(directory);
  if (start === null) return { epoch, head: GENESIS, fault };
  return { epoch: Math.max(epoch, start.epoch), head: fromHex(start.head), fault };
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

async function removePrepared(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.endsWith('.prepared')) await unlink(join(directory, name));
}

interface End {
  readonly head: string;
  readonly fault: Fault | null;
}

async function readToEnd(segment: SegmentFile, { node, boot }: Me): Promise<End | Fault | 'blank'> {
  const reader = await openSegment(segment);
  if (reader === 'blank' || 'kind' in reader) return reader;
  try {
    if (reader.header.node !== node)
      throw new RingfenceError('conflict', `The journal belongs to node ${reader.header.node}, not ${node}`);
    while ((await reader.frames(Infinity)).length > 0);
    return { head: reader.chain.head, fault: await finish(reader, boot) };
  } finally {
    await reader.close();
  }
}

/** Gives the unused space back; anything that is not plain zeros stays as evidence. */
async function finish(reader: SegmentReader, boot: string): Promise<Fault | null> {
  const ending = await reader.ending();
  if (ending.kind === 'clean') await truncate(reader.file.path, reader.offset());
  return ending.kind === 'fault' && reader.header.boot === boot ? ending.fault : null;
}
