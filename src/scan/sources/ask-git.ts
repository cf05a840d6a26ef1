import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { findRepository, readSmallBytes, type Repository } from '../git/repository.ts';
import { type Git, type GitAnswer, refusalIn } from './git-process.ts';

const LIST = ['ls-files', '-z', '--cached', '--others', '--deduplicate'];
const SHA_256 = '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n';

export interface Listed extends GitAnswer {
  readonly output: Buffer;
}

/** The files of a folder that git tracks or does not ignore. Throws when it does not tell. */
export function askGit(git: Git, root: string): Listed {
  const { output, remarks } = git.ask(root, [...LIST, '--exclude-standard']);
  const own = output === null ? askElsewhere(git, root, treeOf(root)) : { output, remarks };
  // A folder that its repository ignores was named by a person all the same.
  return own.output.length === 0 ? askElsewhere(git, root, null) : own;
}

interface Tree {
  readonly top: string;
  readonly repository: Repository;
}

/** The work tree in which a folder is. */
function treeOf(root: string): Tree | null {
  for (let top = root; ; top = dirname(top)) {
    const repository = existsSync(join(top, '.git')) ? findRepository(top) : null;
    if (repository !== null) return { top, repository };
    if (dirname(top) === top) return null;
  }
}

/**
 * Asks git with a repository of our own, empty but for the index of the tree's: so the folder may belong to none, or to one
 * that git refuses, as it does when somebody else owns it, which in containers is usual.
 */
function askElsewhere(git: Git, root: string, tree: Tree | null): Listed {
  const own = mkdtempSync(join(tmpdir(), 'ringfence-scan-'));
  try {
    for (const folder of ['objects', 'refs']) mkdirSync(join(own, folder));
    writeFileSync(join(own, 'HEAD'), 'ref: refs/heads/main\n');
    if (tree?.repository.hashBytes === 32) writeFileSync(join(own, 'config'), SHA_256);
    const index = tree === null ? undefined : readSmallBytes(join(tree.repository.gitDirectory, 'index'));
    if (index !== undefined) writeFileSync(join(own, 'index'), index);
    const where = [`--git-dir=${own}`, `--work-tree=${tree?.top ?? root}`];
    const excludes = tree === null ? '--exclude-per-directory=.gitignore' : '--exclude-standard';
    const { output, remarks } = git.ask(root, [...where, ...LIST, excludes]);
    if (output === null)
      throw new RingfenceError('input_invalid', `git does not list the files: ${refusalIn(remarks)}.`);
    return { output, remarks };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
