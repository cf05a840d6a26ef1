import { basename } from 'node:path';
import { fault, type Fault } from './fault.ts';
import { fromHex, type Chain, type Frame } from './format.ts';
import type { SegmentHeader } from './header.ts';
import { openSegment, unreadable, type SegmentReader } from './segment-reader.ts';
import {
  isBefore,
  isMissing,
  isUnreadable,
  listAfter,
  listSegments,
  type Place,
  type SegmentFile,
} from './segments.ts';
import { readStart } from './start.ts';
import { findSuccessor, tornBytes } from './successor.ts';
import { systemBoot } from './system.ts';

/**
 * One step through a journal.
 * - `frames`: records in a row, of one segment; views that live until the next step
 * - `epoch`: the next records are of this epoch; `torn` bytes of the one before were never finished (null: it ended cleanly)
 * - `end`: nothing more now
 * - `fault`: what comes next cannot be trusted; the same again until `skipEpoch`
 */
export type Step =
  | { readonly kind: 'frames'; readonly file: SegmentFile; readonly frames: readonly Frame[] }
  | { readonly kind: 'epoch'; readonly header: SegmentHeader; readonly torn: number | null }
  | { readonly kind: 'end'; readonly torn: number | null }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Where to begin. With `head` (hex) the caller has read up to there before: the record before must exist and hash to it. */
export interface From extends Place {
  readonly head?: string;
}

/** Goes through the segments of a journal, also while it is being written. Everything that comes out continues the chain. */
export interface Cursor {
  next(limit: number): Promise<Step>;
  /** Next position and head (binary) in the epoch that is being read. */
  chain(): Readonly<Chain> | null;
  /** Gives up the rest of the epoch that has the fault; false when there is no later one yet. */
  skipEpoch(): Promise<boolean>;
  /** Makes what came out durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface CursorOptions {
  readonly directory: string;
  /** Name of the node; by default that of the directory. */
  readonly node?: string;
  readonly from?: From;
  /** Present boot id of the machine. */
  readonly boot?: string;
}

interface State {
  readonly directory: string;
  readonly boot: string;
  readonly node: string;
  from: From;
  reader: SegmentReader | null;
  /** Segments as they were listed last: to list thousands for each of them takes minutes. */
  listed: readonly SegmentFile[];
  /** Epoch of the last fault; 0 before the first. */
  faulty: number;
}

export function createCursor(options: CursorOptions): Cursor {
  const { directory, node = basename(directory), from, boot = systemBoot() } = options;
  const state: State = {
    directory,
    node,
    boot,
    from: from ?? { epoch: 0, position: 0 },
    reader: null,
    listed: [],
    faulty: 0,
  };
  return {
    async next(limit) {
      const step = await next(state, limit);
      if (step.kind === 'fault') state.faulty = step.fault.epoch;
      return step;
    },
    chain: () => state.reader?.chain ?? null,
    skipEpoch: () => skipEpoch(state),
    sync: async () => state.reader?.sync(),
    async close() {
      await state.reader?.close();
      state.reader = null;
    },
  };
}

async function next(state: State, limit: number): Promise<Step> {
  if (state.reader === null) return begin(state);
  for (;;) {
    const step = await goThrough(state, state.reader, limit);
    if (step !== null) return step;
  }
}

/** Null: look again. */
async function goThrough(state: State, reader: SegmentReader, limit: number): Promise<Step | null> {
  try {
    return (await readOn(state, reader, limit)) ?? (await goOn(state, reader));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { kind: 'fault', fault: unreadable(reader.file, state.node, reader.chain.position) };
  }
}

async function begin(state: State): Promise<Step> {
  const { directory, from } = state;
  const start = await readStart(directory);
  // One that cannot be read keeps nothing back: `verify` names it.
  const kept = (await listSegments(directory)).filter(
    ({ epoch, first }) =>
      start === null || start === 'unreadable' || !isBefore({ epoch, position: first }, start),
  );
  state.listed = kept;
  const holding = kept.findLast(({ epoch, first }) => epoch === from.epoch && first <= from.position);
  const later = kept.filter(({ epoch, first }) => isBefore(from, { epoch, position: first }));
  const step = await enter(state, holding === undefined ? later : [holding, ...later]);
  const { reader } = state;
  const known = reader?.file.epoch === from.epoch && reader.file.first === from.position && from.position > 0;
  if (reader !== null && known && isOther(from, reader.chain.head)) return replaced(state, reader);
  return step;
}

function isOther({ head }: From, found: string): boolean {
  return head !== undefined && fromHex(head) !== found;
}

/** Opens the first of `files` whose header was written. */
async function enter(state: State, files: readonly SegmentFile[]): Promise<Step> {
  for (const file of files) {
    const reader = await openSegment(file, state.node);
    if (reader === 'blank') continue;
    if ('kind' in reader) return { kind: 'fault', fault: reader };
    state.reader = reader;
    return { kind: 'epoch', header: reader.header, torn: null };
  }
  return { kind: 'end', torn: null };
}

/** The next records from `from` on; null when there are none now. */
async function readOn(state: State, reader: SegmentReader, limit: number): Promise<Step | null> {
  const { from } = state;
  const { epoch } = reader.file;
  for (;;) {
    const frames = await reader.frames(limit);
    if (frames.length === 0) return null;
    const before = epoch === from.epoch ? frames.filter(({ position }) => position < from.position) : [];
    const last = before.at(-1);
    if (last?.position === from.position - 1 && isOther(from, last.head)) return replaced(state, reader);
    if (before.length < frames.length)
      return { kind: 'frames', file: reader.file, frames: frames.slice(before.length) };
  }
}

/**
 * At the end of a segment: looks for the one that follows. Where a later one was listed, nothing comes between them any more;
 * but what is wrong is judged by the directory as it is now.
 */
async function goOn(state: State, reader: SegmentReader): Promise<Step | null> {
  const { directory, listed } = state;
  const first = listed.findIndex((file) => isLater(file, reader.file));
  state.listed = first < 0 ? [] : listed.slice(first);
  const known = first < 0 ? undefined : await judgeEnd(state, reader, state.listed).catch(undefinedIfMissing);
  if (known === null || known?.kind === 'epoch') return known;
  state.listed = await listAfter(directory, reader.file);
  return judgeEnd(state, reader, state.listed);
}

function isLater({ epoch, first }: SegmentFile, than: SegmentFile): boolean {
  return isBefore({ epoch: than.epoch, position: than.first }, { epoch, position: first });
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

async function judgeEnd(
  state: State,
  reader: SegmentReader,
  files: readonly SegmentFile[],
): Promise<Step | null> {
  if (files.length === 0 && reader.quiet() && !isShort(state, reader)) return { kind: 'end', torn: null };
  const ending = await reader.ending();
  if (ending.kind === 'more') return null;
  if (isShort(state, reader) && files[0]?.epoch !== reader.file.epoch)
    return atFrom(state, reader, 'truncated', 'it is missing, although it was read before');
  const found = await findSuccessor({ reader, ending, files, boot: state.boot, node: state.node });
  if (!('frames' in found)) return found;
  await reader.close();
  state.reader = found;
  if (found.file.epoch === reader.file.epoch) return null;
  return { kind: 'epoch', header: found.header, torn: tornBytes(ending) };
}

/** True when the journal ends before the place where the caller has been. */
function isShort({ from }: State, { file, chain }: SegmentReader): boolean {
  return from.head !== undefined && file.epoch === from.epoch && chain.position < from.position;
}

function replaced(state: State, reader: SegmentReader): Step {
  return atFrom(state, reader, 'replaced', 'its hash is not the one that was recorded');
}

/** A fault about the record before `from`, which the caller has seen. */
function atFrom({ from }: State, { header }: SegmentReader, kind: Fault['kind'], what: string): Step {
  const point = { node: header.node, epoch: header.epoch, position: from.position - 1 };
  return { kind: 'fault', fault: fault(kind, point, what) };
}

/** Goes on at the beginning of the epoch that follows: one that cannot be opened has a fault of its own. */
async function skipEpoch(state: State): Promise<boolean> {
  const epoch = Math.max(state.reader?.file.epoch ?? state.from.epoch, state.faulty);
  const following = (await listSegments(state.directory)).find((file) => file.epoch > epoch);
  if (following === undefined) return false;
  await state.reader?.close();
  state.reader = null;
  state.from = { epoch: following.epoch, position: 0 };
  return true;
}
