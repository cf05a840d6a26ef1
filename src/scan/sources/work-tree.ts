import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import type { ScanProgress } from '../sighting.ts';
import { reasonOf } from './expand.ts';
import type { Git } from './git-process.ts';
import { listAllFiles, listFiles } from './list-files.ts';
import { readRegularFile } from './read-file.ts';
import { MOST_WHOLE, type Search } from './search.ts';

const STEP = 100;
const SLASH = Buffer.from('/');

export interface TreeOptions {
  /** A folder, or a single file. */
  readonly path: string;
  /** Reads what git ignores too. */
  readonly ignored: boolean;
  readonly git: Git;
  readonly search: Search;
  readonly progress?: (progress: ScanProgress) => void;
}

/** Looks through the files below a path. Links are not followed, as what they lead to may be somebody else's. */
export async function scanTree({ path, ignored, git, search, progress }: TreeOptions): Promise<void> {
  const { folder, paths, problems } = list(path, ignored, git);
  for (const problem of problems)
    search.report(path, `${problem} So .gitignore was not read: every file was scanned.`);
  const root = Buffer.from(folder);
  const isWithin = createBorder(root);
  for (const [number, below] of paths.entries()) {
    if (number % STEP === 0) progress?.({ done: number, total: paths.length, unit: 'files' });
    if (!isWithin(below)) continue;
    await scanFile(Buffer.concat([root, SLASH, below]), below.toString(), search);
  }
  progress?.({ done: paths.length, total: paths.length, unit: 'files' });
}

/**
 * Tells of a path whether no link and no `..` leads out of the root on the way to its last name. The index of a repository
 * lists what stood in a folder also when a link has taken its place, and may list any path when somebody made it by hand.
 */
function createBorder(root: Buffer): (path: Buffer) => boolean {
  const known = new Map([['', true]]);
  function isFolder(path: string): boolean {
    const found = known.get(path) ?? (isWithin(path) && isRealFolder(root, path));
    known.set(path, found);
    return found;
  }
  function isWithin(path: string): boolean {
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    return cut !== 0 && name !== '..' && isFolder(path.slice(0, Math.max(0, cut)));
  }
  return (path) => isWithin(path.toString('latin1'));
}

function isRealFolder(root: Buffer, path: string): boolean {
  const full = Buffer.concat([root, SLASH, Buffer.from(path, 'latin1')]);
  try {
    return lstatSync(full).isDirectory();
  } catch {
    return true; // It cannot be looked at, which is told when its file is read.
  }
}

async function scanFile(file: Buffer, path: string, search: Search): Promise<void> {
  try {
    const content = readRegularFile(file, MOST_WHOLE);
    if (content?.kind === 'whole') await search.look({ kind: 'file', path }, content.bytes);
    else if (content !== null) await search.lookStream({ kind: 'file', path }, content.chunks);
  } catch (error) {
    search.report(path, `It was not read: ${reasonOf(error)}.`);
  }
}

interface Listed {
  readonly folder: string;
  readonly paths: readonly Buffer[];
  readonly problems: readonly string[];
}

/** The path itself may be a link: somebody has named it. */
function list(path: string, ignored: boolean, git: Git): Listed {
  const root = resolvePath(path);
  if (!statSync(root).isDirectory())
    return { folder: dirname(root), paths: [Buffer.from(basename(root))], problems: [] };
  if (ignored) return { folder: root, paths: listAllFiles(root), problems: [] };
  refuseBare(root, path);
  return { folder: root, ...listFiles(git, root) };
}

/** All that is committed is packed there, so that nothing would be found, whatever it holds. */
function refuseBare(root: string, path: string): void {
  if (['HEAD', 'objects', 'refs'].every((name) => existsSync(join(root, name))))
    throw new RingfenceError(
      'input_invalid',
      `${path} is a git repository without a work tree; scan it with --history.`,
    );
}

function resolvePath(path: string): string {
  try {
    return realpathSync(join(path));
  } catch (error) {
    throw new RingfenceError('input_invalid', `There is no file or folder ${path}.`, { cause: error });
  }
}
