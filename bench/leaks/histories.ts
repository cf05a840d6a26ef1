import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONFIGURATION } from './contexts/configuration.ts';
import { makeValue } from './corpus.ts';
import type { Format, Value } from './format.ts';
import { FORMATS } from './formats/all.ts';
import { createRandom, type Random } from './random.ts';
import type { Planted } from './score.ts';

/** Where the secret is in a history. */
export const STORIES = [
  'added, then removed',
  'placeholder first, value later',
  'changed in place',
  'only in a merge',
  'only in a stash',
  'only in an unreachable commit',
  'only in a message',
  'only in a tag message',
] as const;
export type Story = (typeof STORIES)[number];

export interface PlantedStory extends Planted {
  readonly story: Story;
}

/** A repository under construction, with dates and names that never vary. */
interface Repository {
  git(...parameters: readonly string[]): string;
  write(path: string, text: string): void;
  commit(message: string): void;
}

const SECONDS = 1_700_000_000;

function openRepository(folder: string): Repository {
  let moment = SECONDS;
  const git = (...parameters: readonly string[]): string => {
    const date = `${moment} +0000`;
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@shop.example',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@shop.example',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    return execFileSync('git', ['-c', 'gc.auto=0', ...parameters], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  };
  mkdirSync(folder, { recursive: true });
  git('init', '-q', '-b', 'main');
  return {
    git,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    commit(message) {
      moment += 60;
      git('add', '-A');
      git('commit', '-q', '-m', message);
    },
  };
}

/** Formats whose value fits on a line of settings. */
const LINES = FORMATS.filter(({ written = '' }) => !written.includes('\n'));

function settingsOf({ format, value, random }: { format: Format; value: Value; random: Random }): string {
  const context = CONFIGURATION.filter(({ name }) => ['.env', 'YAML block', 'JSON'].includes(name));
  return random.pick(context).plant({ format, value, random })?.text ?? '';
}

interface Stage {
  readonly repository: Repository;
  readonly folder: string;
  readonly format: Format;
  readonly value: Value;
  readonly random: Random;
}

const TELLERS: Readonly<Record<Story, (stage: Stage) => void>> = {
  'added, then removed': ({ repository, folder, ...scene }) => {
    repository.write(`${folder}/settings`, settingsOf(scene));
    repository.commit('Add settings');
    repository.write(`${folder}/settings`, 'moved to the vault\n');
    repository.commit('Remove settings');
  },
  'placeholder first, value later': ({ repository, folder, format, value, random }) => {
    const settings = settingsOf({ format, value, random });
    repository.write(`${folder}/settings`, settings.replace(value.secret, `<your ${format.field}>`));
    repository.commit('Settings to fill in');
    repository.write(`${folder}/settings`, settings);
    repository.commit('Fill in settings');
    repository.write(`${folder}/settings`, settings.replace(value.secret, ''));
    repository.commit('Settings are elsewhere');
  },
  'changed in place': ({ repository, folder, format, value, random }) => {
    const settings = settingsOf({ format, value, random });
    const around = Array.from({ length: 40 }, (_, line) => `# line ${line} of the settings`).join('\n');
    repository.write(
      `${folder}/settings`,
      `${around}\n${settings.replace(value.secret, 'changeme')}${around}\n`,
    );
    repository.commit('Long settings');
    repository.write(`${folder}/settings`, `${around}\n${settings}${around}\n`);
    repository.commit('Value');
    repository.write(`${folder}/settings`, `${around}\n`);
    repository.commit('Shorter settings');
  },
  'only in a merge': ({ repository, folder, ...scene }) => {
    repository.write(`${folder}/base`, 'base\n');
    repository.commit('Base');
    repository.git('checkout', '-q', '-b', `side-${folder}`);
    repository.write(`${folder}/side`, 'side\n');
    repository.commit('Side');
    repository.git('checkout', '-q', 'main');
    repository.write(`${folder}/main`, 'main\n');
    repository.commit('Main');
    repository.git('merge', '-q', '--no-commit', '--no-ff', `side-${folder}`);
    repository.write(`${folder}/settings`, settingsOf(scene));
    repository.commit('Merge, with settings that neither side has');
    repository.git('rm', '-q', `${folder}/settings`);
    repository.commit('Clean up');
  },
  'only in a stash': ({ repository, folder, ...scene }) => {
    repository.write(`${folder}/settings`, 'empty\n');
    repository.commit('Empty settings');
    repository.write(`${folder}/settings`, settingsOf(scene));
    repository.git('stash', 'push', '-q');
  },
  'only in an unreachable commit': ({ repository, folder, ...scene }) => {
    repository.git('checkout', '-q', '-b', `gone-${folder}`);
    repository.write(`${folder}/settings`, settingsOf(scene));
    repository.commit('Settings on a branch');
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-q', '-D', `gone-${folder}`);
  },
  'only in a message': ({ repository, folder, format, value }) => {
    repository.write(`${folder}/notes`, 'notes\n');
    repository.commit(`Notes\n\nFor testing: ${format.env}=${value.written}`);
  },
  'only in a tag message': ({ repository, folder, format, value }) => {
    repository.git('tag', '-a', `v-${folder}`, '-m', `Release\n\n${format.env}=${value.written}`);
  },
};

/** Writes a repository in which every story is told `each` times; packed unless told otherwise. */
export function createHistories(options: {
  readonly folder: string;
  readonly seed: number;
  readonly each: number;
}): PlantedStory[] {
  const { folder, seed, each } = options;
  rmSync(folder, { recursive: true, force: true });
  const random = createRandom(seed);
  const repository = openRepository(folder);
  repository.write('README', 'A shop.\n');
  repository.commit('Start');
  const planted: PlantedStory[] = [];
  for (let turn = 0; turn < each; turn++)
    for (const story of STORIES) {
      const format = random.pick(LINES);
      const value = makeValue(format, random);
      TELLERS[story]({ repository, folder: `s${planted.length}`, format, value, random });
      planted.push({ story, vendor: format.vendor, kind: format.kind, secret: value.secret });
    }
  // What nothing reaches stays loose; the rest becomes a pack with deltas.
  repository.git('repack', '-q', '-a', '-d', '-f', '--depth=20', '--window=20');
  return planted;
}
