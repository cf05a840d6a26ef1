import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { continues, FRAME_BYTES, isBlank, MAX_PAYLOAD, readFrame, type Chain, type Frame } from './format.ts';
import { judgeRest, type Ending } from './ending.ts';
import { fault, type Fault } from './fault.ts';
import { HEADER_BYTES, readHeader, type SegmentHeader } from './header.ts';
import { isUnreadable, type SegmentFile } from './segments.ts';

/** Reads one segment, also while its process is writing it. Only records that continue the chain come out. */
export interface SegmentReader {
  readonly file: SegmentFile;
  readonly header: SegmentHeader;
  /** Where the reader stands. */
  readonly chain: Readonly<Chain>;
  /** Bytes read so far, header included. */
  offset(): number;
  /** The records that follow, at most `limit` and one window; none at the end. Views live until the next call. */
  frames(limit: number): Promise<readonly Frame[]>;
  /** True when `frames` gave none because the next window is blank, as in a segment that waits for records. */
  quiet(): boolean;
  /** What follows after `frames` gave none; reads the rest of the segment. */
  ending(): Promise<Ending>;
  /** Makes what was read durable: its own process may not have come to it. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes read at once; more than the largest frame, and about as many records as the ledger is loaded with at once. */
const WINDOW = 16 * MAX_PAYLOAD;

interface State {
  readonly handle: FileHandle;
  readonly buffer: Buffer;
  readonly chain: Chain;
  offset: number;
  /** The next window was blank when last looked at. */
  quiet: boolean;
}

/** Opens a segment of `node`. `blank`: its header was never written. */
export async function openSegment(
  file: SegmentFile,
  node = basename(dirname(file.path)),
): Promise<SegmentReader | Fault | 'blank'> {
  try {
    return await openReadable(file, node);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return unreadable(file, node, file.first);
  }
}

/** What to say of a record that the disk does not give. */
export function unreadable({ path, epoch }: SegmentFile, node: string, position: number): Fault {
  return fault('unreadable', { node, epoch, position }, `the disk does not give it (I/O error, ${path})`);
}

async function openReadable(file: SegmentFile, node: string): Promise<SegmentReader | Fault | 'blank'> {
  const handle = await open(file.path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(WINDOW);
    const { bytesRead } = await handle.read(buffer, 0, HEADER_BYTES, 0);
    const header = readHeader(buffer.subarray(0, bytesRead));
    if (header !== 'blank' && header !== 'broken' && isNamed(header, file))
      return createReader(file, header, {
        handle,
        buffer,
        chain: start(header),
        offset: HEADER_BYTES,
        quiet: false,
      });
    await handle.close();
    return header === 'blank' ? 'blank' : headerFault(file, header, node);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function start({ first, chain }: SegmentHeader): Chain {
  return { position: first, head: chain };
}

function isNamed(header: SegmentHeader, file: SegmentFile): boolean {
  return header.epoch === file.epoch && header.first === file.first;
}

function headerFault({ epoch, first }: SegmentFile, header: SegmentHeader | 'broken', node: string): Fault {
  const point = { node, epoch, position: first };
  if (header === 'broken')
    return fault('damaged', point, 'the header of its segment does not fit its checksum');
  return fault('reordered', point, `its segment is that of record ${header.epoch}-${header.first}, renamed`);
}

function createReader(file: SegmentFile, header: SegmentHeader, state: State): SegmentReader {
  return {
    file,
    header,
    chain: state.chain,
    offset: () => state.offset,
    frames: (limit) => readFrames(state, limit),
    quiet: () => state.quiet,
    ending: () => readEnding(state, header),
    sync: () => state.handle.datasync(),
    close: () => state.handle.close(),
  };
}

async function readFrames(state: State, limit: number): Promise<readonly Frame[]> {
  const { handle, buffer, chain } = state;
  if (state.quiet && (await isStillBlank(state))) return [];
  const { bytesRead } = await handle.read(buffer, 0, WINDOW, state.offset);
  const frames: Frame[] = [];
  let at = 0;
  while (frames.length < limit) {
    const frame = readFrame(buffer, at, bytesRead);
    if (frame === null || !continues(buffer, at, frame, chain)) break;
    chain.position += 1;
    chain.head = frame.head;
    frames.push(frame);
    at += frame.bytes;
  }
  state.offset += at;
  state.quiet = frames.length === 0 && isBlank(buffer.subarray(0, bytesRead));
  return frames;
}

/** A poll of a quiet segment reads one frame header, not a window. */
async function isStillBlank({ handle, buffer, offset }: State): Promise<boolean> {
  const { bytesRead } = await handle.read(buffer, 0, FRAME_BYTES, offset);
  return isBlank(buffer.subarray(0, bytesRead));
}

/**
 * A read that races with a write may see a later page before an earlier one. What looks wrong is therefore looked at
 * again, and only a fault that is seen twice counts: the second read begins after everything that proves the first
 * one was complete.
 */
async function readEnding(state: State, header: SegmentHeader): Promise<Ending> {
  let before: Ending['kind'] = 'clean';
  for (;;) {
    const ending = judgeRest(await readRest(state), state.chain, header);
    if (ending.kind === 'clean' || ending.kind === 'more' || ending.kind === before) return ending;
    before = ending.kind;
  }
}

/** The bytes from here to the last window that is not blank. */
async function readRest({ handle, offset }: State): Promise<Buffer> {
  const { size } = await handle.stat();
  const window = Buffer.allocUnsafe(WINDOW);
  let end = offset;
  for (let at = offset; at < size; at += WINDOW) {
    const { bytesRead } = await handle.read(window, 0, WINDOW, at);
    if (!isBlank(window.subarray(0, bytesRead))) end = at + bytesRead;
  }
  const rest = Buffer.alloc(end - offset);
  // A disk that does not give the middle gives what is before it, and the error to the next read.
  for (let at = 0; at < rest.length;) {
    const { bytesRead } = await handle.read(rest, at, rest.length - at, offset + at);
    if (bytesRead === 0) return rest.subarray(0, at);
    at += bytesRead;
  }
  return rest;
}
