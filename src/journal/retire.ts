import { link, mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import type { Sign } from './checkpoint.ts';
import { faultError, type Fault } from './fault.ts';
import { toHex } from './format.ts';
import type { SegmentHeader } from './header.ts';
import {
  hashSegment,
  retiredFolder,
  writeRetirement,
  type RetiredSegment,
  type Retirement,
} from './retirement.ts';
import { openSegment } from './segment-reader.ts';
import { isBefore, listSegments, syncDirectory, type Place, type SegmentFile } from './segments.ts';
import { readStart, START_NAME, startPath, writeStart } from './start.ts';

export interface RetireRequest {
  readonly directory: string;
  readonly node: string;
  /** The last epoch that is to go. */
  readonly through: number;
  /** What `verifyJournal` found. */
  readonly faults: readonly Fault[];
  /** Everything before this place is in the store, or was given up. */
  readonly loaded: Place | null;
}

/**
 * What would go when a journal is to begin after the damaged epoch `through`. Throws `conflict` unless that epoch is
 * damaged, has ended, is dealt with in the ledger, and is followed by one whose beginning is sound: nothing is retired
 * that pruning could remove.
 */
export async function planRetirement(
  request: RetireRequest,
): Promise<Omit<Retirement, 'at' | 'actor' | 'reason'>> {
  const { directory, node, through, loaded } = request;
  const all = await listSegments(directory);
  const faults = request.faults.filter(({ epoch }) => epoch <= through);
  if (faults.every(({ epoch }) => epoch !== through))
    throw conflict(`Nothing is wrong with epoch ${through} of ${node}`);
  const header = await readNext(all, through);
  if (header === null)
    throw conflict(`Epoch ${through} of ${node} has not ended: it does when its process starts again`);
  if (loaded === null || loaded.epoch <= through)
    throw conflict(`Epoch ${through} of ${node} is not loaded into the ledger yet`);
  const start = { epoch: header.epoch, position: 0 };
  const segments = [];
  for (const { path } of all.filter((file) => isGone(file, start))) segments.push(await hashSegment(path));
  if ((await readStart(directory)) === 'unreadable') segments.push(await hashSegment(startPath(directory)));
  return {
    node,
    through,
    faults: faults.map(({ message }) => message),
    segments,
    start: { epoch: header.epoch, head: toHex(header.chain) },
  };
}

/**
 * Carries out what was planned. A crash in between leaves every segment in one of the two places at least, and the
 * whole can be done again: the segments get their second name before the journal's start moves, and lose the first after.
 */
export async function retire(directory: string, retirement: Retirement, sign: Sign): Promise<void> {
  const { node, start, segments } = retirement;
  const folder = retiredFolder(directory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const segment of segments) await keepEvidence(directory, folder, segment);
  await writeRetirement(directory, retirement, sign);
  await syncDirectory(directory);
  await writeStart(directory, { node, epoch: start.epoch, position: 0, head: start.head }, sign);
  for (const { name } of segments) if (name !== START_NAME) await unlink(join(directory, name));
  await syncDirectory(directory);
}

/** Header of the epoch that follows; null when there is none. */
async function readNext(all: readonly SegmentFile[], through: number): Promise<SegmentHeader | null> {
  for (const file of all) {
    if (file.epoch <= through) continue;
    const found = await openSegment(file);
    if (found === 'blank') continue;
    if ('kind' in found) throw faultError(found);
    await found.close();
    if (found.header.first === 0) return found.header;
    throw conflict(`The beginning of epoch ${file.epoch} is missing: retire through that epoch`);
  }
  return null;
}

function isGone({ epoch, first }: SegmentFile, start: Place): boolean {
  return isBefore({ epoch, position: first }, start);
}

/** Gives the segment its second name. What has that name already must be the same: the first one will go. */
async function keepEvidence(directory: string, folder: string, segment: RetiredSegment): Promise<void> {
  const kept = join(folder, segment.name);
  try {
    await link(join(directory, segment.name), kept);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if ((await hashSegment(kept)).hash !== segment.hash)
      throw conflict(
        `${kept} is there already, and is not the segment that is to be kept there: move it away`,
      );
  }
}

function conflict(why: string): RingfenceError {
  return new RingfenceError('conflict', `${why}.`);
}
