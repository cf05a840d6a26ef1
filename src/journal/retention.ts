import { stat, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { beginningMissing, beginningProblem, unreadableStart, type Beginning } from './beginning.ts';
import type { IsSigned, Sign } from './checkpoint.ts';
import { createCursor, type Step } from './cursor.ts';
import { faultError, type Fault } from './fault.ts';
import { toHex } from './format.ts';
import type { SegmentHeader } from './header.ts';
import { notRecord, parseRecord } from './record-shape.ts';
import { openSegment } from './segment-reader.ts';
import { isBefore, listSegments, syncDirectory, type Place, type SegmentFile } from './segments.ts';
import { readStart, writeStart } from './start.ts';

export interface PruneOptions {
  readonly directory: string;
  /** Records before this place are loaded into the store; nothing after it is removed. */
  readonly loaded: Place;
  readonly sign: Sign;
  /** Segments go whose records are all older (wall ms). */
  readonly before?: number;
  /** Segments go, oldest first, while all together are larger. */
  readonly keepBytes?: number;
}

export interface Pruned {
  readonly segments: number;
  readonly bytes: number;
}

interface Kept {
  readonly file: SegmentFile;
  readonly bytes: number;
}

/**
 * Removes segments from the beginning, never the last one, and signs where the journal begins now. Both limits may
 * be given: a segment goes when either says so. `verify_failed` when what would go does not check out: it is evidence.
 */
export async function pruneJournal(options: PruneOptions): Promise<Pruned> {
  const { directory, sign } = options;
  const start = await readStart(directory);
  const all = await measure(await listSegments(directory));
  const kept = all.filter(
    ({ file }) => start === null || start === 'unreadable' || !isBefore(placeOf(file), start),
  );
  const header = await chooseStart(options, kept);
  if (header === null && kept.length === all.length) return { segments: 0, bytes: 0 };
  await checkBeginning(options, start);
  if (header === null) return remove(directory, all.slice(0, all.length - kept.length));
  const { node, epoch, first, chain } = header;
  const place = { epoch, position: first };
  await checkUpTo(directory, place);
  await writeStart(directory, { node, ...place, head: toHex(chain) }, sign);
  return remove(
    directory,
    all.filter(({ file }) => isBefore(placeOf(file), place)),
  );
}

async function measure(files: readonly SegmentFile[]): Promise<readonly Kept[]> {
  return Promise.all(files.map(async (file) => ({ file, bytes: (await stat(file.path)).size })));
}

function placeOf({ epoch, first }: SegmentFile): Place {
  return { epoch, position: first };
}

/**
 * Header of the segment that will be the first; null when nothing may go. One without a record, as a process leaves that is
 * killed at its start, cannot be the first; it goes with those before it.
 */
async function chooseStart(options: PruneOptions, kept: readonly Kept[]): Promise<SegmentHeader | null> {
  let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  let passed = 0;
  let chosen: SegmentHeader | null = null;
  for (const [index, { file, bytes: own }] of kept.entries()) {
    if (index > 0 && isBefore(options.loaded, placeOf(file))) break;
    const found = index === 0 ? null : await readFirst(file);
    if (found !== null) {
      if (!isDue(options, found.at, bytes)) break;
      bytes -= passed;
      passed = 0;
      chosen = found.header;
    }
    passed += own;
  }
  return chosen;
}

/** Is everything before a record of time `at` due? */
function isDue({ before, keepBytes }: PruneOptions, at: number, bytes: number): boolean {
  if (before === undefined && keepBytes === undefined) return true;
  return (before !== undefined && at <= before) || (keepBytes !== undefined && bytes > keepBytes);
}

async function readFirst(
  file: SegmentFile,
): Promise<{ readonly header: SegmentHeader; readonly at: number } | null> {
  const reader = await openSegment(file);
  if (reader === 'blank') return null;
  if ('kind' in reader) throw faultError(reader);
  try {
    const [frame] = await reader.frames(1);
    if (frame === undefined) return null;
    const { header } = reader;
    const record = parseRecord(frame.payload);
    if (record === null) throw faultError(notRecord(header.node, file, frame.position));
    return { header, at: record.at };
  } finally {
    await reader.close();
  }
}

/** A new start never covers up that the journal does not begin where it was known to begin. */
async function checkBeginning(
  { directory, sign }: PruneOptions,
  start: Awaited<ReturnType<typeof readStart>>,
): Promise<void> {
  const node = basename(directory);
  if (start === 'unreadable') throw faultError(await unreadableStart(directory, node));
  const cursor = createCursor({ directory });
  try {
    // Ed25519 gives the same text the same signature.
    const isSigned: IsSigned = (text, signature) => sign(text) === signature;
    const wrong = firstProblem(await cursor.next(1), { node, start, isSigned });
    if (wrong !== null) throw faultError(wrong);
  } finally {
    await cursor.close();
  }
}

/** A start after which nothing comes counts as missing too: else all that lies before it would go. */
function firstProblem(step: Step, beginning: Beginning): Fault | null {
  if (step.kind === 'fault') return step.fault;
  if (step.kind === 'epoch') return beginningProblem(step.header, beginning);
  const { node, start } = beginning;
  return start === null ? null : beginningMissing(node, start);
}

/** Reads everything before `place` once more, so that a signed start never covers up damage. */
async function checkUpTo(directory: string, place: Place): Promise<void> {
  const cursor = createCursor({ directory });
  try {
    for (;;) {
      const step = await cursor.next(1_000);
      if (step.kind === 'fault') throw faultError(step.fault);
      if (step.kind === 'end' || isPast(step, place)) return;
    }
  } finally {
    await cursor.close();
  }
}

type Passed = Exclude<Step, { readonly kind: 'end' | 'fault' }>;

function isPast(step: Passed, place: Place): boolean {
  if (step.kind === 'epoch') return step.header.epoch > place.epoch;
  const position = step.frames[0]?.position ?? 0;
  return !isBefore({ epoch: step.file.epoch, position }, place);
}

async function remove(directory: string, gone: readonly Kept[]): Promise<Pruned> {
  for (const { file } of gone) await unlink(file.path);
  if (gone.length > 0) await syncDirectory(directory);
  return { segments: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) };
}
