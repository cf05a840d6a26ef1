import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { createGit } from '../../scan/sources/git-process.ts';

const NAME = 'pre-commit';
const EARLIER = 'pre-commit.before-ringfence';
const MARK = '# ringfence scan: hook';

/** The hook runs an earlier one first, with its arguments and its result. */
const SCRIPT = `#!/bin/sh
${MARK}. Remove it with: ringfence scan hook uninstall
earlier="$(dirname "$0")/${EARLIER}"
if [ -x "$earlier" ]; then "$earlier" "$@" || exit $?; fi
if ! command -v ringfence >/dev/null 2>&1; then
  echo "ringfence is not in PATH, so the commit was not scanned and is refused." >&2
  echo "Install it, or commit with --no-verify." >&2
  exit 1
fi
exec ringfence scan --staged
`;

type Environment = Readonly<Record<string, string | undefined>>;

export interface HookChange {
  readonly hook: string;
  /** The hook that was there before; null when there was none. */
  readonly earlier: string | null;
}

/** Writes the hook where this repository looks for its hooks. An earlier one is kept beside it and runs first. */
export function installHook(folder: string, env: Environment): HookChange {
  const hooks = hooksFolder(folder, env);
  const [hook, earlier] = [join(hooks, NAME), join(hooks, EARLIER)];
  mkdirSync(hooks, { recursive: true });
  if (isPresent(hook) && !isOurs(hook)) {
    if (isPresent(earlier))
      throw new RingfenceError(
        'conflict',
        `There are two earlier hooks, ${hook} and ${earlier}; join them first.`,
      );
    renameSync(hook, earlier);
  }
  writeFileSync(hook, SCRIPT, { mode: 0o755 });
  chmodSync(hook, 0o755);
  return { hook, earlier: isPresent(earlier) ? earlier : null };
}

/** Removes the hook, and puts back the earlier one. */
export function uninstallHook(folder: string, env: Environment): HookChange {
  const hooks = hooksFolder(folder, env);
  const [hook, earlier] = [join(hooks, NAME), join(hooks, EARLIER)];
  if (!isOurs(hook)) throw new RingfenceError('input_invalid', `${hook} is no hook of ringfence.`);
  rmSync(hook);
  if (!isPresent(earlier)) return { hook, earlier: null };
  renameSync(earlier, hook);
  return { hook, earlier: hook };
}

/** Git knows about `core.hooksPath` and additional work trees. */
function hooksFolder(folder: string, env: Environment): string {
  const output = createGit(env).run(folder, ['rev-parse', '--git-path', 'hooks']);
  if (output === null) throw new RingfenceError('input_invalid', 'This folder is in no git repository.');
  return resolve(folder, output.toString().trimEnd());
}

const isPresent = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
const isOurs = (path: string): boolean => existsSync(path) && readFileSync(path, 'utf8').includes(MARK);
