import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A repository made by git itself, in a folder of its own, which `close` removes. */
export interface GitFixture {
  readonly path: string;
  /** Runs git and returns what it prints, without the last line end. */
  git(...words: string[]): string;
  /** Writes files and commits them; each commit is a minute after the one before. Returns its id. */
  commit(message: string, files: Readonly<Record<string, string>>): string;
  write(name: string, text: string): void;
  close(): void;
}

export function createGitFixture(...init: string[]): GitFixture {
  const path = mkdtempSync(join(tmpdir(), 'ringfence-git-'));
  let minutes = 0;
  const git = (...words: string[]): string => runGit(path, words, minutes);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text, 'latin1');
  };
  git('init', '-q', '-b', 'main', ...init);
  return {
    path,
    git,
    write,
    commit(message, files) {
      minutes++;
      for (const [name, text] of Object.entries(files)) write(name, text);
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    close: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const FIRST_MINUTE = Date.UTC(2024, 0, 1);

/** Runs git without any settings but these, at a fixed time. */
export function runGit(folder: string, words: readonly string[], minutes = 0): string {
  const date = new Date(FIRST_MINUTE + minutes * 60_000).toISOString();
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  const printed = execFileSync('git', words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return printed.toString('latin1').replace(/\n$/, '');
}
