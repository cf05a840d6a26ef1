import { type ByteQueue, type Chunks, createByteQueue } from './byte-queue.ts';

const FRAME = 0xfd2fb528;
/** Holds what is for other programs, such as an index. The last four bits are theirs. */
const SKIPPABLE = 0x184d2a50;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const SIZE_BYTES = [0, 2, 4, 8] as const;
const RUN = 1;
const RESERVED = 3;
const PIECE = 1 << 18;

/**
 * Cuts packed bytes so that no piece goes on behind the end of a frame: of each piece Node's unpacker reads the first frame
 * and drops the rest. Layers of images hold a frame for each file. https://www.rfc-editor.org/rfc/rfc8878
 */
export async function* cutFrames(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const queue = createByteQueue(chunks);
  for (let start = await queue.take(4); start !== null; start = await queue.take(4)) {
    const magic = numberOf(start);
    if (magic === FRAME) yield* joined(frameParts(queue, start));
    else if ((magic & ~0xf) === SKIPPABLE) await skip(queue);
    else throw new Error('its packed bytes are damaged');
  }
}

async function* frameParts(queue: ByteQueue, magic: Uint8Array): AsyncGenerator<Uint8Array> {
  const descriptor = await need(queue, 1);
  const flags = descriptor[0] ?? 0;
  yield magic;
  yield descriptor;
  yield await need(queue, headerLength(flags));
  for (let isLast = false; !isLast;) {
    const head = await need(queue, 3);
    const number = numberOf(head);
    const type = (number >> 1) & 3;
    if (type === RESERVED) throw new Error('its packed bytes are damaged');
    isLast = (number & 1) === 1;
    yield head;
    yield await need(queue, type === RUN ? 1 : number >> 3);
  }
  if ((flags & 4) !== 0) yield await need(queue, 4);
}

/** Bytes between the descriptor and the first block: window, dictionary and size of the content. */
function headerLength(flags: number): number {
  const isSingle = (flags & 0x20) !== 0;
  const size = SIZE_BYTES[flags >> 6] ?? 0;
  return (isSingle ? 0 : 1) + (DICTIONARY_BYTES[flags & 3] ?? 0) + (isSingle ? Math.max(1, size) : size);
}

/** Each piece costs a turn of the unpacker, so small ones are put together. */
async function* joined(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    held.push(part);
    length += part.length;
    if (length < PIECE) continue;
    yield Buffer.concat(held);
    [held, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(held);
}

async function skip(queue: ByteQueue): Promise<void> {
  for (let left = numberOf(await need(queue, 4)); left > 0;) {
    const part = await queue.some(Math.min(left, PIECE));
    if (part === null) throw new Error('it breaks off');
    left -= part.length;
  }
}

async function need(queue: ByteQueue, length: number): Promise<Uint8Array> {
  const bytes = await queue.take(length);
  if (bytes === null) throw new Error('it breaks off');
  return bytes;
}

/** Up to four bytes, the lowest first. */
const numberOf = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
