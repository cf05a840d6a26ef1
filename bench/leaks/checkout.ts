import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const isBare = (folder: string): boolean =>
  existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'));

/** Files of a repository's HEAD, below `target` where it has no work tree. Objects that are missing are left out. */
export function filesOf(folder: string, target: string): { readonly name: string; readonly folder: string } {
  const path = resolve(folder);
  if (!isBare(path)) return { name: basename(path), folder: path };
  const name = basename(path) === 'repo' ? basename(dirname(path)) : basename(path, '.git');
  const out = join(target, name);
  mkdirSync(out, { recursive: true });
  const env = { ...process.env, GIT_INDEX_FILE: join(target, `${name}.index`), GIT_NO_LAZY_FETCH: '1' };
  const git = (...words: readonly string[]): number | null =>
    spawnSync('git', ['--git-dir', path, ...words], { env, stdio: 'ignore' }).status;
  if (git('read-tree', 'HEAD') !== 0) throw new Error(`${path} has no HEAD that git can read`);
  git('checkout-index', '--all', '--force', `--prefix=${out}/`);
  return { name, folder: out };
}
