import { join, resolve } from 'node:path';
import { files } from '../builtins.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the loose objects of a repository are. In a hook, git names them by its variables. */
export async function objectFolders(path: string, env: Environment): Promise<readonly string[]> {
  const { GIT_DIR: directory, GIT_OBJECT_DIRECTORY: named } = env;
  const usual = directory === undefined ? join(path, '.git') : resolve(path, directory);
  const folders = isRepository(usual)
    ? [join(usual, 'objects')]
    : await foldersOf(directory === undefined ? path : usual);
  return named === undefined ? folders : [named, ...folders];
}

/** So it is mostly, and what is staged is in its own folder; then there is nothing to load. */
const isRepository = (folder: string): boolean =>
  ['HEAD', 'objects'].every((name) => files.existsSync(join(folder, name)));

async function foldersOf(path: string): Promise<readonly string[]> {
  const { findRepository } = await import('../git/repository.ts');
  return findRepository(path)?.objectDirectories ?? [];
}
