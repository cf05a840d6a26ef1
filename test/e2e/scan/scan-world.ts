import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../src/start.mjs', import.meta.url));

/** A module that tells the address of each module that is loaded after it. */
const TELL_MODULES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => (process.stderr.write('loads ' + url + '\\n'), next(url, context)) });
`)}`;

/** Made up; never live. */
export const TOKENS = [
  '7c1e09b52fa84d630e9b71d4a8f25c36',
  '9d02c7e4b16f38a5507be2914cfa6d83',
  'e41b80d96c2f57a3b80e61f9d2c473a5',
  '2fb86d05e91c47a8d36b0f72c59ae814',
] as const;

/** A line that the scanner must find. The name is that of a vendor, as only such names are anchors. */
export const line = (token: string): string => `TWILIO_AUTH_TOKEN=${token}\n`;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScanWorld extends Disposable {
  readonly folder: string;
  path(name: string): string;
  /** Makes files below the folder. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  git(...words: readonly string[]): string;
  /** Runs the product itself, in the folder. */
  scan(words: readonly string[], input?: string | Uint8Array): Promise<Ran>;
  /** The same with other variables. */
  scanWith(more: Readonly<Record<string, string>>, words: readonly string[]): Promise<Ran>;
  /** Files of ours that `ringfence scan` loads. */
  modulesOf(words: readonly string[]): Promise<readonly string[]>;
  readonly env: Readonly<Record<string, string>>;
}

/** An empty folder of its own, with nothing of the user's settings of git. */
export function openScanWorld(): ScanWorld {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-scan-e2e-'));
  const home = mkdtempSync(join(tmpdir(), 'ringfence-scan-home-'));
  const env = cleanEnvironment(home);
  return {
    folder,
    env,
    path: (name) => join(folder, name),
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
    },
    git: (...words) => execFileSync('git', words, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }),
    scanWith: (more, words) =>
      run(process.execPath, [MAIN, 'scan', ...words], { cwd: folder, env: { ...env, ...more } }),
    async modulesOf(words) {
      const options = { cwd: folder, env: { ...env, NODE_OPTIONS: `--import=${TELL_MODULES}` } };
      const { stderr } = await run(process.execPath, [MAIN, 'scan', ...words], options);
      return stderr.match(/(?<=loads \S+\/src\/)\S+/g) ?? [];
    },
    scan: (words, input) => run(process.execPath, [MAIN, 'scan', ...words], { cwd: folder, env, input }),
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** `ringfence` is in PATH, as a hook needs it. */
function cleanEnvironment(home: string): Record<string, string> {
  writeFileSync(join(home, 'ringfence'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(join(home, 'ringfence'), 0o755);
  const name = { GIT_AUTHOR_NAME: 'Ada', GIT_COMMITTER_NAME: 'Ada' };
  const mail = { GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_EMAIL: 'ada@example.com' };
  return {
    PATH: `${home}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    ...name,
    ...mail,
  };
}

interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | undefined;
}

async function run(program: string, words: readonly string[], { cwd, env, input }: RunOptions): Promise<Ran> {
  const child = spawn(program, words, { cwd, env, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve(status ?? -1));
  });
  return { code, ...output };
}

interface JsonReport {
  readonly findings: readonly {
    readonly rule: string;
    readonly masked: string;
    readonly fingerprint: string | null;
    readonly inHead: boolean | null;
    readonly places: readonly {
      readonly kind: string;
      readonly path?: string;
      readonly layer?: string;
      readonly line: number;
      readonly commit?: string | null;
    }[];
  }[];
  readonly held: { readonly baseline: number; readonly allowed: number };
  readonly remarks: readonly string[];
  readonly problems: readonly { readonly where: string; readonly problem: string }[];
  readonly documents: number;
}

export const read = ({ stdout }: Ran): JsonReport => JSON.parse(stdout) as JsonReport;

/** `path:line` of every place of every finding, sorted. */
export function placesOf(ran: Ran): string[] {
  return read(ran)
    .findings.flatMap(({ places }) => places.map((place) => `${place.path ?? '-'}:${place.line}`))
    .toSorted((one, other) => one.localeCompare(other));
}
