import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** Settings and small files of a repository are not larger than this; what is larger is not read. */
const MOST_BYTES = 64 << 20;
const DEEPEST_ALTERNATE = 5;

/** Where the parts of a repository lie. Nothing of its configuration is executed or followed. */
export interface Repository {
  /** Holds HEAD, the index and the reflog of this work tree. */
  readonly gitDirectory: string;
  /** Holds refs and objects; the same as `gitDirectory` but for an additional work tree. */
  readonly commonDirectory: string;
  /** Where objects are kept: its own, then those of its alternates. */
  readonly objectDirectories: readonly string[];
  /** Folders that are named as alternates and are not there. */
  readonly missingAlternates: readonly string[];
  /** 20 for SHA-1, 32 for SHA-256. */
  readonly hashBytes: 20 | 32;
  /** `files`, `reftable`, or another way to keep refs that we cannot read. */
  readonly refStorage: string;
}

/** Finds the repository of a work tree, of a folder in it, or a bare one; null when there is none. */
export function findRepository(path: string): Repository | null {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const gitDirectory = gitDirectoryOf(folder);
    if (gitDirectory !== null) return describe(gitDirectory);
    if (dirname(folder) === folder) return null;
  }
}

function gitDirectoryOf(folder: string): string | null {
  const inside = join(folder, '.git');
  if (isFolder(inside)) return looksLikeGit(inside) ? inside : null;
  const link = /^gitdir: (.+)/.exec(readSmallFile(inside) ?? '')?.[1]?.trim();
  if (link !== undefined) return looksLikeGit(resolve(folder, link)) ? resolve(folder, link) : null;
  return looksLikeGit(folder) ? folder : null;
}

const looksLikeGit = (folder: string): boolean =>
  isFile(join(folder, 'HEAD')) && (isFolder(join(folder, 'objects')) || isFile(join(folder, 'commondir')));

function describe(gitDirectory: string): Repository {
  const common = readSmallFile(join(gitDirectory, 'commondir'))?.trim();
  const commonDirectory = common === undefined ? gitDirectory : resolve(gitDirectory, common);
  const settings = readExtensions(readSmallFile(join(commonDirectory, 'config')) ?? '');
  return {
    gitDirectory,
    commonDirectory,
    ...withAlternates(join(commonDirectory, 'objects')),
    hashBytes: settings.get('objectformat')?.toLowerCase() === 'sha256' ? 32 : 20,
    refStorage: settings.get('refstorage') ?? 'files',
  };
}

/** The settings of the section `extensions`; names in lower case. */
function readExtensions(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n')) {
    section =
      /^\s*\[\s*([^\]"\s]+)\s*\]/.exec(line)?.[1]?.toLowerCase() ?? (/^\s*\[/.test(line) ? '' : section);
    const [, name, value] = /^\s*([A-Za-z-]+)\s*=\s*"?([^"#;]*)/.exec(line) ?? [];
    if (section === 'extensions' && name !== undefined)
      settings.set(name.toLowerCase(), (value ?? '').trim());
  }
  return settings;
}

/** Follows `info/alternates`; each folder once. */
function withAlternates(first: string): Pick<Repository, 'objectDirectories' | 'missingAlternates'> {
  const found = new Set([first]);
  const missing = new Set<string>();
  let level = [first];
  for (let depth = 0; depth < DEEPEST_ALTERNATE && level.length > 0; depth++) {
    const named = level.flatMap(alternatesOf).filter((folder) => !found.has(folder));
    level = named.filter(isFolder);
    for (const folder of named) (isFolder(folder) ? found : missing).add(folder);
  }
  return { objectDirectories: [...found], missingAlternates: [...missing] };
}

const alternatesOf = (folder: string): string[] =>
  (readSmallFile(join(folder, 'info', 'alternates')) ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (isAbsolute(line) ? resolve(line) : resolve(folder, line)));

/** Text of a regular file of sane size; undefined when there is none. */
export const readSmallFile = (path: string): string | undefined => readSmallBytes(path)?.toString('utf8');

/** Content of a regular file of sane size; undefined when there is none. */
export function readSmallBytes(path: string): Buffer | undefined {
  try {
    const { size } = statSync(path);
    return isFile(path) && size <= MOST_BYTES ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Names in a folder; none when there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

export const isFile = (path: string): boolean => statusOf(path)?.isFile() ?? false;
export const isFolder = (path: string): boolean => statusOf(path)?.isDirectory() ?? false;

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
