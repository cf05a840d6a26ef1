import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Another scanner: how it is built, and how it reads a whole history with the rules it comes with, verification off. */
export interface Peer {
  readonly name: string;
  readonly binary: string;
  command(repository: string): readonly string[];
}

interface Recipe {
  readonly name: string;
  /** Module and version for `go install`; null: it must be on PATH, or lie in the cache. */
  readonly module: string | null;
  readonly arguments: (repository: string) => readonly string[];
}

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
    module: 'github.com/zricethezav/gitleaks/v8@v8.30.0',
    arguments: leaksArguments,
  },
  { name: 'betterleaks', module: null, arguments: leaksArguments },
  {
    name: 'trufflehog',
    module: null,
    arguments: (repository) => ['git', '--no-verification', '--no-update', '--json', `file://${repository}`],
  },
  {
    name: 'kingfisher',
    module: null,
    arguments: (repository) => ['scan', '--git-history=full', '--no-validate', '--format=json', repository],
  },
];

const LONGEST_BUILD_MILLISECONDS = 900_000;

/** Those that can be had: found on PATH, built earlier, or built now where `go` is there. */
export function findPeers(cache: string, say: (line: string) => void): readonly Peer[] {
  const home = join(cache, 'bin');
  mkdirSync(home, { recursive: true });
  return RECIPES.flatMap((recipe) => {
    const binary = onPath(recipe.name) ?? build(home, recipe, say);
    if (binary === null) return [];
    return [
      { name: recipe.name, binary, command: (repository) => [binary, ...recipe.arguments(repository)] },
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

function build(home: string, { name, module }: Recipe, say: (line: string) => void): string | null {
  const binary = join(home, name);
  if (existsSync(binary)) return binary;
  if (module === null) return null;
  say(`building ${module}`);
  try {
    execFileSync('go', ['install', module], {
      env: { ...process.env, GOBIN: home },
      stdio: 'ignore',
      timeout: LONGEST_BUILD_MILLISECONDS,
    });
    return binary;
  } catch {
    say(`${name} cannot be built here; it is left out`);
    return null;
  }
}
