import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { askGit } from './ask-git.ts';
import { type Git, splitZero } from './git-process.ts';

const DEEPEST = 64;
const SLASH = Buffer.from('/');

export interface Listing {
  /** Paths below the root; bytes, as names need not be UTF-8. */
  readonly paths: readonly Buffer[];
  /** Why git could not be asked what is ignored, where that was so; there everything is listed. */
  readonly problems: readonly string[];
}

/**
 * The files of a folder that are not ignored (`.gitignore` at every level, `.git/info/exclude`, the user's own excludes),
 * those of repositories within it too. A folder that belongs to no repository, or is ignored itself, is listed by the
 * `.gitignore` files that stand in it.
 */
export function listFiles(git: Git, root: string): Listing {
  const problems = new Set<string>();
  const paths = listNotIgnored({ git, problems }, root, 0);
  return { paths, problems: [...problems] };
}

const CLOSED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** All files, ignored or not, but for what git keeps for itself. */
export function listAllFiles(root: string): readonly Buffer[] {
  return [...walk(Buffer.from(root))];
}

interface Source {
  readonly git: Git;
  readonly problems: Set<string>;
}

function listNotIgnored(source: Source, root: string, depth: number): readonly Buffer[] {
  try {
    return listByGit(source, root, depth);
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    source.problems.add(error.message);
    return listAllFiles(root);
  }
}

function listByGit(source: Source, root: string, depth: number): readonly Buffer[] {
  const { output, remarks } = askGit(source.git, root);
  const listed = splitZero(output).flatMap((path) => {
    const isRepository = path.at(-1) === SLASH[0] || isFolder(root, path);
    if (!isRepository) return [path];
    if (depth >= DEEPEST) return [];
    const name = path.at(-1) === SLASH[0] ? path.subarray(0, -1) : path;
    const inner = listNotIgnored(source, join(root, name.toString()), depth + 1);
    return inner.map((one) => Buffer.concat([name, SLASH, one]));
  });
  // A name with a line end could look like a remark of git on something else: a folder at least, which has nothing to read.
  return [...listed, ...closedFolders(remarks).filter((path) => isFolder(root, path))];
}

/** Folders that git could not open. Whoever wants to read one as a file tells why that cannot be. */
function closedFolders(remarks: Buffer): readonly Buffer[] {
  const found = remarks.toString('latin1').matchAll(/^warning: could not open directory '(.+)\/': /gm);
  return Array.from(found, ([, path = '']) => Buffer.from(path, 'latin1'));
}

/** A submodule is listed as one path. */
function isFolder(root: string, path: Buffer): boolean {
  try {
    return lstatSync(Buffer.concat([Buffer.from(root), SLASH, path])).isDirectory();
  } catch {
    return false; // Gone, or nobody's to look at, which is told when it is read.
  }
}

/** Null for a folder that is nobody's to look at, or gone. */
function entriesOf(folder: Buffer): Dirent<Buffer>[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && CLOSED.has(String(error.code))) return null;
    throw error;
  }
}

/** However deep: the system's longest path is the end. */
function* walk(root: Buffer, below?: Buffer): Generator<Buffer> {
  const folder = below === undefined ? root : Buffer.concat([root, SLASH, below]);
  const entries = entriesOf(folder);
  if (entries === null && below === undefined)
    throw new RingfenceError('input_invalid', `The folder ${root.toString()} cannot be read.`);
  // Whoever wants to read it as a file tells why that cannot be.
  if (entries === null && below !== undefined) yield below;
  for (const entry of entries ?? []) {
    const path = below === undefined ? entry.name : Buffer.concat([below, SLASH, entry.name]);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && entry.name.toString() !== '.git') yield* walk(root, path);
  }
}
