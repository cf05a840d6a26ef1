import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ScanProblem } from '../../sighting.ts';
import { readRefStack } from './reftable-stack.ts';
import { isFolder, namesIn, readSmallFile, type Repository } from '../repository.ts';

const DEEPEST_FOLDER = 32;
const MOST_LINKS = 5;
const SPECIAL = ['HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'AUTO_MERGE'];

/** Names and object ids of a repository's refs, without following tags. */
export function readRefs(repository: Repository): ReadonlyMap<string, string> {
  return repository.refStorage === 'reftable' ? readTabled(repository) : readFiled(repository);
}

/** What cannot be read of them. */
export function refProblems(repository: Repository): ScanProblem[] {
  const { refStorage } = repository;
  if (refStorage === 'files') return [];
  if (refStorage === 'reftable')
    return directoriesOf(repository).flatMap((directory) => readRefStack(directory).problems);
  return [
    { where: 'refs', problem: `Refs are kept as ${refStorage}, which is not read: no commits can be named.` },
  ];
}

/** Tables hold HEAD too; an additional work tree has its own. */
function readTabled({ commonDirectory, gitDirectory }: Repository): ReadonlyMap<string, string> {
  const directories = new Set([commonDirectory, gitDirectory]);
  const values = new Map([...directories].flatMap((directory) => [...readRefStack(directory).refs]));
  const follow = (name: string, links = 0): string | null => {
    const value = values.get(name);
    if (value === undefined || links > MOST_LINKS) return null;
    return 'oid' in value ? value.oid : follow(value.link, links + 1);
  };
  return new Map(
    [...values.keys()].flatMap((name) => {
      const oid = follow(name);
      return oid === null ? [] : [[name, oid] as const];
    }),
  );
}

function readFiled(repository: Repository): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  const packed = readSmallFile(join(repository.commonDirectory, 'packed-refs')) ?? '';
  for (const [, oid = '', name = ''] of packed.matchAll(/^([0-9a-f]{40,64}) (\S+)$/gm)) refs.set(name, oid);
  for (const directory of new Set([repository.commonDirectory, repository.gitDirectory]))
    for (const name of filesBelow(directory, 'refs')) {
      const oid = oidIn(readSmallFile(join(directory, name)));
      if (oid !== null) refs.set(name, oid);
    }
  return refs;
}

/** Id of the commit that the work tree's HEAD stands for; null on a branch without commits. */
export function readHead(repository: Repository, refs: ReadonlyMap<string, string>): string | null {
  return followLink(repository, refs, 'HEAD');
}

function followLink(repository: Repository, refs: ReadonlyMap<string, string>, start: string): string | null {
  let name = start;
  for (let links = 0; links < MOST_LINKS; links++) {
    const text = name === 'HEAD' ? readSmallFile(join(repository.gitDirectory, 'HEAD')) : undefined;
    const oid = refs.get(name) ?? oidIn(text);
    if (oid !== null) return oid;
    const target = /^ref: (\S+)/.exec(text ?? '')?.[1];
    if (target === undefined) return null;
    name = target;
  }
  return null;
}

/** Everything that git itself starts from: refs, heads of all work trees, both sides of every reflog line. */
export function readTips(repository: Repository, refs: ReadonlyMap<string, string>): ReadonlySet<string> {
  const tips = new Set(refs.values());
  for (const directory of directoriesOf(repository)) {
    for (const name of SPECIAL) {
      const oid = oidIn(readSmallFile(join(directory, name)));
      if (oid !== null) tips.add(oid);
    }
    for (const name of filesBelow(directory, 'logs'))
      addLogged(tips, readSmallFile(join(directory, name)) ?? '');
    if (repository.refStorage === 'reftable') addTabled(tips, directory);
  }
  return tips;
}

/** Those of the repository, and of all its work trees. */
function directoriesOf({ gitDirectory, commonDirectory }: Repository): string[] {
  const trees = namesIn(join(commonDirectory, 'worktrees')).map((name) =>
    join(commonDirectory, 'worktrees', name),
  );
  return [...new Set([gitDirectory, commonDirectory, ...trees])];
}

function addTabled(tips: Set<string>, directory: string): void {
  const { refs, logged } = readRefStack(directory);
  for (const value of refs.values()) if ('oid' in value) tips.add(value.oid);
  for (const oid of logged) tips.add(oid);
}

function addLogged(tips: Set<string>, log: string): void {
  for (const [, before = '', after = ''] of log.matchAll(/^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) /gm)) {
    tips.add(before);
    tips.add(after);
  }
}

const oidIn = (text: string | undefined): string | null =>
  /^([0-9a-f]{40,64})\s*$/m.exec(text ?? '')?.[1] ?? null;

/** Links could lead round in circles; only the uppermost are followed, as `git new-workdir` makes one there. */
const isOwnFolder = (path: string, depth: number): boolean =>
  isFolder(path) && (depth === 0 || !lstatSync(path).isSymbolicLink());

/** Paths, relative to `directory`, of the files in `folder` and below. */
function filesBelow(directory: string, folder: string, depth = 0): string[] {
  if (depth > DEEPEST_FOLDER) return [];
  return namesIn(join(directory, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    return isOwnFolder(join(directory, path), depth) ? filesBelow(directory, path, depth + 1) : [path];
  });
}
