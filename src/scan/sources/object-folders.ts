import { join } from 'node:path';
import { findRepository } from '../git/repository.ts';

/** Where the loose objects of a repository are. In a hook, git names them by its variables. */
export function objectFolders(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const named = env['GIT_OBJECT_DIRECTORY'];
  const repository = findRepository(env['GIT_DIR'] === undefined ? path : join(path, env['GIT_DIR']));
  return [...(named === undefined ? [] : [named]), ...(repository?.objectDirectories ?? [])];
}
