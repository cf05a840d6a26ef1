import { RingfenceError } from '../../kernel/errors.ts';
import { childProcess, files } from '../builtins.ts';

const MOST_OUTPUT = 1 << 30;
/** A repository may come from anybody: git must start no program that its configuration names, and fetch nothing. */
const CAUTION = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.quotePath=false',
  '--no-pager',
  '--no-optional-locks',
];

/** Git gets this long, which suffices for the largest trees. A pipe in place of a `.gitignore` would keep it waiting for ever. */
const PATIENCE_MS = 120_000;

/** Runs git in a folder. */
export interface Git {
  /** Its output; null when git refuses. Throws when there is no git, or none that answers. */
  run(folder: string, words: readonly string[]): Buffer | null;
  /** The same with what git says besides, in English. */
  ask(folder: string, words: readonly string[]): GitAnswer;
}

export interface GitAnswer {
  readonly output: Buffer | null;
  readonly remarks: Buffer;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by which git points its hooks at a repository, whatever folder they run in. */
const PLACES = new Set(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR']);

/** An environment in which git finds the repository of the folder that it runs in. */
export function withoutPlaces(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !PLACES.has(name)));
}

export function createGit(env: Environment, patience = PATIENCE_MS): Git {
  const own = { ...env, GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  let isStuck = false;
  function spawn(folder: string, words: readonly string[], errors: 'pipe' | 'ignore'): GitAnswer {
    if (isStuck) throw stuck(patience);
    const { status, stdout, stderr, error } = childProcess.spawnSync('git', [...CAUTION, ...words], {
      cwd: folder,
      env: own,
      maxBuffer: MOST_OUTPUT,
      stdio: ['ignore', 'pipe', errors],
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    isStuck = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
    if (isStuck) throw stuck(patience);
    if (error !== undefined) throw reasonOf(error, folder);
    return { output: status === 0 ? stdout : null, remarks: stderr };
  }
  return Object.freeze({
    run: (folder: string, words: readonly string[]) => spawn(folder, words, 'ignore').output,
    ask: (folder: string, words: readonly string[]) => spawn(folder, words, 'pipe'),
  });
}

const stuck = (patience: number): RingfenceError =>
  new RingfenceError(
    'input_invalid',
    `git gave no answer within ${patience / 1000} seconds; a file that it reads, such as .gitignore, may be a pipe, or made to keep it busy.`,
  );

/** Tells a missing folder from a missing program, for which the system reports the same error. */
function reasonOf(error: Error, folder: string): Error {
  if (files.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return new RingfenceError('input_invalid', `${folder} is no folder.`);
  if ('code' in error && error.code === 'EACCES')
    return new RingfenceError('input_invalid', `The folder ${folder} cannot be read.`);
  if ('code' in error && error.code === 'ENOENT')
    return new RingfenceError('input_invalid', 'This needs git, and there is no git in PATH.');
  return error;
}

/** Why git refuses, in its own words. */
export const refusalIn = (remarks: Buffer): string =>
  /^fatal: (.+)/m.exec(remarks.toString())?.[1] ?? 'it gives no reason';

/** Splits output that ends each item with a zero byte; names are bytes, not always UTF-8. */
export function splitZero(output: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let from = 0;
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, from)) {
    items.push(output.subarray(from, end));
    from = end + 1;
  }
  return items;
}
