import { createGunzip, createZstdDecompress, gunzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Chunks } from './byte-queue.ts';
import { isTar, packingOf } from './packing.ts';
import { readTar } from './tar.ts';
import { readZip, type ZipEntry } from './zip.ts';
import { cutFrames } from './zstd-frames.ts';

const MOST_ENTRIES = 20_000;
const MOST_UNPACKED = 256 << 20;
/** A file in an archive is not larger. */
const MOST_ENTRY = 32 << 20;
const HEAD = 8192;
/** Deflate makes at most so much of a byte. */
const HIGHEST_RATIO = 1032;
/** Unpacked bytes that come at once: each time costs a turn of the event loop. */
const CHUNK = 1 << 18;
/** An archive in an archive in an archive. */
export const DEEPEST = 3;

/**
 * What may still be unpacked of one outermost archive, together with all archives in it. What turned out to be too large or
 * damaged counts too: it has cost as much, and a small archive can list one such file thousands of times.
 */
export interface Allotment {
  entries: number;
  bytes: number;
}

export const newAllotment = (): Allotment => ({ entries: MOST_ENTRIES, bytes: MOST_UNPACKED });

export interface Entry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type Report = (where: string, problem: string) => void;

/**
 * The files in an archive, while the allotment lasts. What cannot be unpacked is reported by its path in the archive,
 * with an empty path for the archive itself, and the rest goes on.
 */
export async function* expand(
  bytes: Uint8Array,
  allotment: Allotment,
  report: Report,
): AsyncGenerator<Entry> {
  const packing = packingOf(bytes);
  try {
    if (packing !== null && isSpent(allotment)) throw new Error(SPENT);
    if (packing === 'zip') yield* expandZip(bytes, allotment, report);
    else if (packing === 'tar') yield* expandTar([bytes], allotment, report);
    else if (packing !== null) yield* expandStream(bytes, packing, allotment, report);
  } catch (error) {
    report('', `The archive cannot be read to its end: ${reasonOf(error)}.`);
  }
}

function* expandZip(bytes: Uint8Array, allotment: Allotment, report: Report): Generator<Entry> {
  for (const entry of readZip(bytes)) {
    if (isSpent(allotment)) throw new Error(SPENT);
    try {
      yield { path: entry.path, bytes: unpackEntry(entry, allotment) };
    } catch (error) {
      report(entry.path, `It was not read: ${reasonOf(error)}.`);
    }
  }
}

function unpackEntry(entry: ZipEntry, allotment: Allotment): Uint8Array {
  const most = Math.min(MOST_ENTRY, allotment.bytes);
  try {
    const content = entry.unpack(most);
    spend(allotment, content.length);
    return content;
  } catch (error) {
    // Only the unpacker's own errors have a code; else nothing was unpacked.
    const isTried = error instanceof Error && 'code' in error;
    spend(allotment, isTried ? Math.min(most, entry.packed * HIGHEST_RATIO) : 0);
    throw error;
  }
}

async function* expandTar(chunks: Chunks, allotment: Allotment, report: Report): AsyncGenerator<Entry> {
  for await (const { path, size, body } of readTar(chunks)) {
    if (isSpent(allotment)) throw new Error(SPENT);
    if (size > Math.min(MOST_ENTRY, allotment.bytes)) {
      const why = size > MOST_ENTRY ? `it is larger than ${MOST_ENTRY >> 20} MiB` : `with it, ${SPENT}`;
      report(path, `It was not read: ${why}.`);
      spend(allotment, 0);
      continue;
    }
    const content = Buffer.concat(await Array.fromAsync(body));
    spend(allotment, content.length);
    yield { path, bytes: content };
  }
}

/** A packed file, or a packed tar archive. */
async function* expandStream(
  bytes: Uint8Array,
  packing: 'gzip' | 'zstd',
  allotment: Allotment,
  report: Report,
): AsyncGenerator<Entry> {
  const before = allotment.bytes;
  let unpacked = 0;
  const stream = unpackStream([bytes], packing);
  const counted = limited(stream, before, (length) => void (unpacked += length));
  try {
    const { head, chunks } = await peek(counted);
    if (isTar(head)) {
      yield* expandTar(chunks, allotment, report);
      return;
    }
    const most = Math.min(MOST_ENTRY, before);
    if (packing === 'gzip') unpacked = Math.min(most, bytes.length * HIGHEST_RATIO);
    const content =
      packing === 'gzip' ? gunzipSync(bytes, { maxOutputLength: most }) : await collect(chunks, most);
    unpacked = content.length;
    spend(allotment, content.length);
    yield { path: '', bytes: content };
  } finally {
    stream.destroy();
    allotment.bytes = Math.min(allotment.bytes, before - unpacked);
  }
}

/** Unpacks while it is read. */
export function unpackStream(chunks: Chunks, packing: 'gzip' | 'zstd'): Readable {
  const unpacker = (packing === 'gzip' ? createGunzip : createZstdDecompress)({ chunkSize: CHUNK });
  const source = Readable.from(packing === 'zstd' ? cutFrames(chunks) : chunks, { objectMode: false });
  source.on('error', (error) => unpacker.destroy(error));
  unpacker.on('close', () => source.destroy());
  return source.pipe(unpacker);
}

export interface Peeked {
  /** The first bytes, at least as many as were asked for if there are so many. */
  readonly head: Uint8Array;
  /** There are no more than these. */
  readonly isWhole: boolean;
  /** All of the chunks, the first ones again. */
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Lets the source go when nobody reads the chunks. */
  discard(): Promise<void>;
}

/** Looks at the beginning of what comes in chunks. */
export async function peek(chunks: Chunks, least = HEAD): Promise<Peeked> {
  const source = iterate(chunks);
  const first: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  while (length < least) {
    const next = await source.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    first.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* source;
  }
  const discard = async (): Promise<void> => void (await source.return(null));
  return { head: Buffer.concat(first), isWhole, chunks: whole(), discard };
}

async function* iterate(chunks: Chunks): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Everything as one piece. Throws when it is more than `most` bytes. */
export async function collect(chunks: Chunks, most: number): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(limited(chunks, most)));
}

/** Breaks off after `most` bytes: a small archive can be endless. */
async function* limited(
  chunks: Chunks,
  most: number,
  count: (length: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const chunk of chunks) {
    left -= chunk.length;
    count(chunk.length);
    if (left < 0) throw new Error(`it unpacks to more than ${Math.floor(most / (1 << 20))} MiB`);
    yield chunk;
  }
}

const SPENT = 'the archive unpacks to too much';
const isSpent = ({ entries, bytes }: Allotment): boolean => entries <= 0 || bytes <= 0;

function spend(allotment: Allotment, bytes: number): void {
  allotment.entries--;
  allotment.bytes -= bytes;
}

/** What an error says as part of a sentence; errors of the unpackers by their code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it is damaged';
  const code = 'code' in error ? String(error.code) : null;
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'it unpacks to too much';
  if (code === null) return error.message.replace(/\.$/, '');
  return /^E[A-Z]+$/.test(code) ? `the system reports ${code}` : `its packed bytes are damaged (${code})`;
}
