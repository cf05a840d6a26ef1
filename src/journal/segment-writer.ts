import { RingfenceError } from '../kernel/errors.ts';
import type { OpenSegment } from './durability.ts';
import { FRAME_BYTES, GENESIS, MAX_PAYLOAD, toHex, type Chain } from './format.ts';
import { HEADER_BYTES, writeHeader, type SegmentHeader } from './header.ts';
import { segmentPath } from './segments.ts';
import type { Stock } from './stock.ts';
import { writeFully, type JournalFiles } from './system.ts';

/** Smallest segment: a few records of the largest size. */
export const MIN_SEGMENT_BYTES = HEADER_BYTES + 4 * (FRAME_BYTES + MAX_PAYLOAD);

/** Puts bytes into the current segment of an epoch and goes on in the next. */
export interface SegmentWriter {
  current(): OpenSegment | null;
  /** Bytes that the current segment can still take. */
  room(): number;
  /** Appends in one write. Throws what the file system throws. */
  write(bytes: Buffer): void;
  /**
   * Goes on in a new segment whose first record continues `chain`, while all before `durable` is on disk; returns
   * the old one. `journal_unavailable`
   * when there is no space for one: nothing has changed then.
   */
  turn(chain: Chain, durable: number): OpenSegment | null;
}

export interface SegmentWriterOptions {
  readonly files: JournalFiles;
  readonly directory: string;
  readonly node: string;
  readonly boot: string;
  readonly epoch: number;
  readonly segmentBytes: number;
  readonly stock: Stock;
}

export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  let current: OpenSegment | null = null;
  return {
    current: () => current,
    room: () => (current === null ? 0 : current.size - current.used),
    write(bytes) {
      if (current === null) throw new RingfenceError('internal', 'The journal has no segment');
      writeFully(options.files, current.fd, bytes, current.used);
      current.used += bytes.length;
    },
    turn(chain, durable) {
      const previous = current;
      const header = headerOf(options, chain, durable);
      current = usePrepared(options, header) ?? createShort(options, header);
      if (previous !== null) previous.retired = true;
      options.stock.refill();
      return previous;
    },
  };
}

function usePrepared(options: SegmentWriterOptions, header: SegmentHeader): OpenSegment | null {
  const { files, stock, segmentBytes } = options;
  const fd = stock.take();
  if (fd === null) return null;
  const path = pathOf(options, header);
  writeFully(files, fd, writeHeader(header), 0);
  files.renameSync(stock.path, path);
  return { path, fd, size: segmentBytes, used: HEADER_BYTES, named: false, retired: false };
}

/** The next segment is not ready (slow or full disk): a small one, zeroed here and now, takes what is running. */
function createShort(options: SegmentWriterOptions, header: SegmentHeader): OpenSegment {
  const { files } = options;
  const size = Math.min(options.segmentBytes, MIN_SEGMENT_BYTES);
  const path = pathOf(options, header);
  const bytes = Buffer.alloc(size);
  writeHeader(header).copy(bytes);
  let fd: number | null = null;
  try {
    fd = files.openSync(path, 'wx', 0o600);
    writeFully(files, fd, bytes, 0);
    return { path, fd, size, used: HEADER_BYTES, named: false, retired: false };
  } catch (error) {
    if (fd !== null) files.closeSync(fd);
    if (fd !== null) files.unlinkSync(path);
    if (isFull(error)) throw new RingfenceError('journal_unavailable', undefined, { cause: error });
    throw error;
  }
}

function headerOf({ node, boot, epoch }: SegmentWriterOptions, chain: Chain, durable: number): SegmentHeader {
  return { node, boot, epoch, first: chain.position, chain: chain.head, durable };
}

function pathOf({ directory }: SegmentWriterOptions, { epoch, first }: SegmentHeader): string {
  return segmentPath(directory, { epoch, position: first });
}

/** Chain hash as the open record states it: empty before the first record ever. */
export function previousOf(head: string): string {
  return head === GENESIS ? '' : toHex(head);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
