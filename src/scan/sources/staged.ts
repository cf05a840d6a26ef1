import { join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { files as nodeFiles, zlib } from '../builtins.ts';
import type { Place } from '../sighting.ts';
import { type Git, refusalIn, splitZero } from './git-process.ts';
import type { Search } from './search.ts';

const MOST_BLOB = 64 << 20;
/** No renames: a file under a new name is new. Links and submodules hold no text. */
const WORDS = [
  'diff',
  '--cached',
  '--raw',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--diff-filter=ACMT',
];
const FILE_MODE = /^100/;

interface StagedFile {
  readonly oid: string;
  readonly path: string;
}

export interface StagedOptions {
  /** A folder of the work tree. */
  readonly path: string;
  readonly git: Git;
  /** Where loose objects are; the first one is the repository's own. */
  readonly objectDirectories: readonly string[];
  /** Called when there is something to look at. */
  readonly open: () => Promise<Search>;
}

/**
 * Looks through the files that the next commit adds or changes, as they are in the index. Starts git once, and once more
 * for each blob that is not in a file of its own, which few are. Null: nothing is staged.
 */
export async function scanStaged({
  path,
  git,
  objectDirectories,
  open,
}: StagedOptions): Promise<Search | null> {
  const output = git.run(path, [...WORDS, '-z']);
  if (output === null) throw await refusal(git, path);
  const files = [...stagedFiles(output)];
  if (files.length === 0) return null;
  const search = await open();
  const packed: StagedFile[] = [];
  for (const file of files) {
    const bytes = readLoose(objectDirectories, file.oid);
    if (bytes === 'no file') search.report(file.path, UNREADABLE);
    else if (bytes === null) packed.push(file);
    else await search.look(placeOf(file), bytes);
  }
  if (packed.length > 0) await scanPacked(packed, { path, git, search });
  return search;
}

/** Finds out why git refuses by another command, as `git diff` does not say. */
async function refusal(git: Git, path: string): Promise<RingfenceError> {
  const { oneLine } = await import('../report/printable.ts');
  const { remarks } = git.ask(path, ['rev-parse', '--show-toplevel']);
  const reason = oneLine(refusalIn(remarks));
  return new RingfenceError(
    'input_invalid',
    `${path} is in no work tree of git that could be asked what is staged: ${reason}.`,
  );
}

const UNREADABLE = 'Its staged content cannot be read.';

/** Items are `:100644 100644 <old> <new> M` and then a path. */
function* stagedFiles(output: Buffer): Generator<StagedFile> {
  const items = splitZero(output);
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [, mode = '', , oid = ''] = (items[index]?.toString('latin1') ?? '').split(' ');
    if (FILE_MODE.test(mode)) yield { oid, path: items[index + 1]?.toString() ?? '' };
  }
}

const placeOf = ({ oid, path }: StagedFile): Place => ({
  kind: 'git',
  object: oid,
  type: 'blob',
  commit: null,
  author: null,
  date: null,
  path,
  inHead: false,
});

/**
 * A blob that stands in a file of its own, as what was just added does; else null. For a pipe in place of such a file git would
 * wait for ever.
 */
function readLoose(folders: readonly string[], oid: string): Uint8Array | 'no file' | null {
  for (const folder of folders) {
    try {
      const path = join(folder, oid.slice(0, 2), oid.slice(2));
      const status = nodeFiles.lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined) continue;
      if (!status.isFile()) return 'no file';
      const packed = nodeFiles.readFileSync(path);
      const content = zlib.inflateSync(packed, { maxOutputLength: MOST_BLOB });
      return content.subarray(content.indexOf(0) + 1);
    } catch {
      // Not in this folder, or damaged: git is asked.
    }
  }
  return null;
}

/** Null also for what is larger than git may answer. */
function readPacked({ oid }: StagedFile, git: Git, path: string): Buffer | null {
  try {
    return git.run(path, ['cat-file', 'blob', oid]);
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    return null;
  }
}

async function scanPacked(
  files: readonly StagedFile[],
  { path, git, search }: { readonly path: string; readonly git: Git; readonly search: Search },
): Promise<void> {
  for (const file of files) {
    const bytes = readPacked(file, git, path);
    if (bytes === null) search.report(file.path, UNREADABLE);
    else await search.look(placeOf(file), bytes);
  }
}
