import { type Chunks, createByteQueue, type ByteQueue } from './byte-queue.ts';
import { isTarHeader, octal, shortened, TAR_BLOCK as BLOCK } from './packing.ts';

/** Long names and attributes of POSIX archives are not larger. */
const MOST_ATTRIBUTES = 1 << 20;
const PIECE = 1 << 18;
/** GNU: a file with holes. What lies between them follows the header, or the rest of a map of them. */
const SPARSE = 'S';
/** Types of regular files. */
const FILES: ReadonlySet<string> = new Set(['0', '\0', '7', SPARSE]);
/** Where a header, and a further block of the map, say that the map goes on. */
const MAP_GOES_ON = { header: 482, block: 504 };

/** Types of links, devices, folders and pipes: by POSIX, Go and Python no content follows their header. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);

/** A regular file in an archive. */
export interface TarEntry {
  readonly path: string;
  readonly size: number;
  /** The content; whatever of it is not read is passed over. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Reads the regular files of a tar archive one after the other, also behind the zeros at its end. Links, devices and folders
 * are passed over. Throws at a block that is no header, and when the archive breaks off within a file.
 */
export async function* readTar(chunks: Chunks): AsyncGenerator<TarEntry> {
  const queue = createByteQueue(chunks);
  let [name, realSize]: [string | null, number | null] = [null, null];
  for (;;) {
    const header = await nextHeader(queue);
    if (header === null) return;
    const type = String.fromCodePoint(header[156] ?? 0);
    if (type === 'L' || type === 'x') {
      const content = await readRecords(queue, sizeOf(header));
      const given = type === 'L' ? new Map([['path', textOf(content)]]) : readAttributes(content);
      name = given.get('path') ?? name;
      realSize = sizeAttribute(given) ?? realSize;
      continue;
    }
    if (type === SPARSE && header[MAP_GOES_ON.header] !== 0) await skipMap(queue);
    const size = WITHOUT_CONTENT.has(type) ? 0 : (realSize ?? sizeOf(header));
    const content = readBody(queue, size);
    if (FILES.has(type)) yield { path: shortened(name ?? nameOf(header)), size, body: content.body };
    await content.skip();
    [name, realSize] = [null, null];
  }
}

/** Null at the end. */
async function nextHeader(queue: ByteQueue): Promise<Uint8Array | null> {
  for (;;) {
    const block = await queue.take(BLOCK);
    if (block === null || isTarHeader(block)) return block;
    if (block.some((byte) => byte !== 0)) throw new Error('the archive is damaged');
  }
}

async function skipMap(queue: ByteQueue): Promise<void> {
  let block: Uint8Array | null;
  do block = await queue.take(BLOCK);
  while (block !== null && block[MAP_GOES_ON.block] !== 0);
}

async function readRecords(queue: ByteQueue, size: number): Promise<Buffer> {
  const content = size > MOST_ATTRIBUTES ? null : await queue.take(padded(size));
  if (content === null) throw new Error('the archive is damaged');
  return Buffer.from(content.subarray(0, size));
}

function readBody(
  queue: ByteQueue,
  size: number,
): { body: AsyncIterable<Uint8Array>; skip(): Promise<void> } {
  let left = size;
  async function* body(): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      const part = await queue.some(Math.min(left, PIECE));
      if (part === null) throw new Error('the archive breaks off');
      left -= part.length;
      yield part;
    }
  }
  async function skip(): Promise<void> {
    for await (const part of body()) void part;
    if ((await queue.take(padded(size) - size)) === null) throw new Error('the archive breaks off');
  }
  return { body: { [Symbol.asyncIterator]: body }, skip };
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

function sizeOf(header: Uint8Array): number {
  const size = ((header[124] ?? 0) & 0x80) === 0 ? octal(header, 124, 12) : binary(header, 128, 136);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('the archive is damaged');
  return size;
}

/** GNU writes sizes of 8 GiB and more as a number. */
const binary = (header: Uint8Array, from: number, to: number): number =>
  header.subarray(from, to).reduce((sum, byte) => sum * 256 + byte, 0);

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const isPosix = textOf(header.subarray(257, 263)) === 'ustar' && header[262] === 0;
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}

/** Records are `length name=value`, a line each. */
function readAttributes(content: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString('latin1', at, at + 12), 10);
    if (!(length > 0)) break;
    const record = content.toString('utf8', at, at + length - 1);
    const [, name, value] = /^\d+ ([^=]*)=(.*)$/s.exec(record) ?? [];
    if (name !== undefined && value !== undefined) found.set(name, value);
    at += length;
  }
  return found;
}

/** A size that a header has no room for; what stands there instead does not count. */
function sizeAttribute(attributes: ReadonlyMap<string, string>): number | null {
  const text = attributes.get('size');
  if (text === undefined) return null;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new Error('the archive is damaged');
  return size;
}
