import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { damaged } from './damage.ts';

/** Families jump about in their pack: larger blocks are read many times over. 32 MiB are held at most. */
const BLOCK = 16 * 1024;
const MOST_BLOCKS = 2048;

/** A file that is read by blocks, of which a few are held. */
export interface FileWindow {
  readonly path: string;
  readonly size: number;
  /** Copies the bytes [from, to) of the file to `at`. Throws a `DamageError` when the file does not have them. */
  read(target: Uint8Array, at: number, range: { readonly from: number; readonly to: number }): void;
  close(): void;
}

/** Opens a regular file; a pipe or device in its place is refused, as it could block for ever. */
export function openFileWindow(path: string): FileWindow {
  if (!statSync(path).isFile()) damaged('it is no regular file');
  const descriptor = openSync(path, 'r');
  const { size } = fstatSync(descriptor);
  const blocks = new Map<number, Uint8Array>();
  const blockAt = (number: number): Uint8Array => {
    const known = blocks.get(number);
    if (known !== undefined) {
      blocks.delete(number);
      blocks.set(number, known);
      return known;
    }
    const reused = blocks.size < MOST_BLOCKS ? undefined : oldestOf(blocks);
    const block = reused ?? new Uint8Array(Math.min(BLOCK, size));
    readFully(descriptor, block, {
      at: 0,
      from: number * BLOCK,
      length: Math.min(BLOCK, size - number * BLOCK),
    });
    blocks.set(number, block);
    return block;
  };
  return {
    path,
    size,
    read(target, at, { from, to }) {
      if (from < 0 || to > size || from > to) damaged('the file ends before the object');
      if (to - from > 2 * BLOCK) {
        readFully(descriptor, target, { at, from, length: to - from });
        return;
      }
      for (let next = from; next < to;) {
        const number = Math.floor(next / BLOCK);
        const end = Math.min(to, (number + 1) * BLOCK);
        target.set(blockAt(number).subarray(next - number * BLOCK, end - number * BLOCK), at + next - from);
        next = end;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function oldestOf(blocks: Map<number, Uint8Array>): Uint8Array | undefined {
  for (const [number, block] of blocks) {
    blocks.delete(number);
    return block;
  }
  return undefined;
}

interface Part {
  readonly at: number;
  readonly from: number;
  readonly length: number;
}

function readFully(descriptor: number, target: Uint8Array, { at, from, length }: Part): void {
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, target, at + done, length - done, from + done);
    if (read === 0) damaged('the file became shorter while it was read');
    done += read;
  }
}
