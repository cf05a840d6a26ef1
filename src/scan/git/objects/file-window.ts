import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { damaged } from '../damage.ts';

/** Bytes in a block. Families are scattered over their pack, so larger blocks would be read many times over. */
const BLOCK = 4096;
const MOST_HELD = 8 << 20;
/** Longer reads bypass the blocks. */
const LONG = 8 * BLOCK;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A file that is read by blocks, of which a few are held: of blocks with the same place there, the latest. */
export interface FileWindow {
  readonly path: string;
  readonly size: number;
  /** Copies the bytes [from, to) of the file to `at`. Throws a `DamageError` when the file does not have them. */
  read(target: Uint8Array, at: number, range: Range): void;
  /** As `read`, but bypasses the blocks: for what is read once and in the order of the file. */
  readAtOnce(target: Uint8Array, at: number, range: Range): void;
  close(): void;
}

/** Opens a regular file, of which it holds 8 MiB at most. A pipe or device in its place is refused: it could block for ever. */
export function openFileWindow(path: string): FileWindow {
  if (!statSync(path).isFile()) damaged('it is no regular file');
  const descriptor = openSync(path, 'r');
  const { size } = fstatSync(descriptor);
  const slots = Math.ceil(Math.min(MOST_HELD, size) / BLOCK);
  const held = new Float64Array(slots).fill(-1);
  const bytes = new Uint8Array(slots * BLOCK);
  const placeOf = (block: number): number => {
    const slot = block % slots;
    const at = slot * BLOCK;
    if (held[slot] === block) return at;
    held[slot] = -1;
    readFully(descriptor, bytes, { at, from: block * BLOCK, length: Math.min(BLOCK, size - block * BLOCK) });
    held[slot] = block;
    return at;
  };
  const check = ({ from, to }: Range): void => {
    if (from < 0 || to > size || from > to) damaged('the file ends before the object');
  };
  const readAtOnce = (target: Uint8Array, at: number, range: Range): void => {
    check(range);
    const { from, to } = range;
    readFully(descriptor, target, { at, from, length: to - from });
  };
  return {
    path,
    size,
    readAtOnce,
    read(target, at, { from, to }) {
      check({ from, to });
      if (to - from > LONG) {
        readAtOnce(target, at, { from, to });
        return;
      }
      for (let next = from; next < to;) {
        const block = Math.floor(next / BLOCK);
        const end = Math.min(to, (block + 1) * BLOCK);
        const start = placeOf(block) + next - block * BLOCK;
        target.set(bytes.subarray(start, start + end - next), at + next - from);
        next = end;
      }
    },
    close: () => closeSync(descriptor),
  };
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
