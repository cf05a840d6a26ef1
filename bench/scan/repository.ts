import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANY_LINES = 512 * 1024 * 1024;

function git(directory: string, ...words: readonly string[]): string {
  return execFileSync('git', ['-C', directory, ...words], {
    encoding: 'utf8',
    maxBuffer: MANY_LINES,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/**
 * A bare repository beside `source` that shares its objects. Objects that the source lacks (partial clones, stored
 * copies without their largest files) are replaced by an empty blob: without that `git log -p` and all scanners that
 * stand on it end at the first one. The source is not touched.
 */
export function borrow(source: string, home: string): string {
  const own = git(source, 'rev-parse', '--absolute-git-dir').trim();
  mkdirSync(home, { recursive: true });
  git(home, 'init', '--quiet', '--bare', '.');
  appendFileSync(join(home, 'objects', 'info', 'alternates'), `${join(own, 'objects')}\n`);
  writeFileSync(join(home, 'HEAD'), `${git(own, 'rev-parse', 'HEAD').trim()}\n`);
  for (const name of ['packed-refs', 'refs', 'shallow'])
    if (existsSync(join(own, name))) cpSync(join(own, name), join(home, name), { recursive: true });
  const missing = missingOf(home);
  if (missing.length > 0) replace(home, missing);
  return home;
}

function missingOf(directory: string): readonly string[] {
  return git(directory, 'rev-list', '--objects', '--all', '--missing=print')
    .split('\n')
    .filter((line) => line.startsWith('?'))
    .map((line) => line.slice(1));
}

function replace(directory: string, missing: readonly string[]): void {
  const empty = git(directory, 'hash-object', '-w', '--stdin').trim();
  const folder = join(directory, 'refs', 'replace');
  mkdirSync(folder, { recursive: true });
  for (const object of missing) writeFileSync(join(folder, object), `${empty}\n`);
}
