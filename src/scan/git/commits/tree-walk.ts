import { readOr } from './commit-graph.ts';
import type { ObjectReader } from '../objects/object-reader.ts';

const SPACE = 32;
const FOLDER_MODE = 0x34; // '4' of 40000

/** Visits trees, each once in its life. */
export interface TreeWalk {
  /** Visits what is new below the tree with this number. */
  walk(tree: number): void;
  /** Trees that were to be there but cannot be read. */
  readonly unreadable: () => number;
}

/** A file that was not met in a visited tree before, or was, in another tree. `path` is made on demand. */
export type FileVisitor = (bytes: Uint8Array, idAt: number, path: () => string) => void;

interface Folder {
  readonly tree: number;
  readonly path: string;
}

const REMEMBERED = 1 << 16;

/** Numbers of ids; those met last are remembered, as most folders of a commit are those of the one before. */
function rememberNumbers(reader: ObjectReader): (bytes: Uint8Array, at: number) => number {
  const { hashBytes, numbers } = reader;
  const ids = new Uint8Array(REMEMBERED * hashBytes);
  const known = new Int32Array(REMEMBERED).fill(-1);
  return (bytes, at) => {
    const slot = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    const idAt = slot * hashBytes;
    let same = 0;
    while (same < hashBytes && ids[idAt + same] === bytes[at + same]) same++;
    const number = known[slot] as number;
    if (same === hashBytes && number >= 0) return number;
    const found = numbers.numberAt(bytes, at);
    ids.set(bytes.subarray(at, at + hashBytes), idAt);
    known[slot] = found;
    return found;
  };
}

const ALL = (): boolean => true;

/** Trees that `enters` refuses are passed over. */
export function createTreeWalk(
  reader: ObjectReader,
  visit: FileVisitor,
  enters: (tree: number) => boolean = ALL,
): TreeWalk {
  const seen = new Uint8Array(reader.numbers.count);
  let unreadable = 0;
  const walk = (start: number): void => {
    const rest: Folder[] = [{ tree: start, path: '' }];
    for (let folder = rest.pop(); folder !== undefined; folder = rest.pop()) {
      if (folder.tree < 0 || seen[folder.tree] === 1 || !enters(folder.tree)) continue;
      seen[folder.tree] = 1;
      const object = readOr(reader, folder.tree);
      if (object?.type === 'tree') visitEntries(object.bytes, folder, rest);
      else unreadable++;
    }
  };
  const { hashBytes } = reader;
  const numberAt = rememberNumbers(reader);
  function visitEntries(bytes: Uint8Array, { path }: Folder, rest: Folder[]): void {
    for (let at = 0; at < bytes.length;) {
      const nameAt = skipPast(bytes, at, SPACE);
      const nameEnd = skipPast(bytes, nameAt, 0) - 1;
      if (nameEnd + 1 + hashBytes > bytes.length) return;
      const isFolder = bytes[at] === FOLDER_MODE && nameAt - at === 6;
      const pathOf = (): string => path + nameOf(bytes, nameAt, nameEnd);
      if (!isFolder) visit(bytes, nameEnd + 1, pathOf);
      else {
        const tree = numberAt(bytes, nameEnd + 1);
        if (tree >= 0 && seen[tree] === 0 && enters(tree)) rest.push({ tree, path: `${pathOf()}/` });
      }
      at = nameEnd + 1 + hashBytes;
    }
  }
  return { walk, unreadable: () => unreadable };
}

/** Place after the next `byte`; names are too short for a call of `indexOf` to pay off. */
function skipPast(bytes: Uint8Array, from: number, byte: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== byte) at++;
  return at + 1;
}

const nameOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
