import { join } from 'node:path';
import type { ScanProblem } from '../../sighting.ts';
import { DamageError } from '../damage.ts';
import { linkFamilies } from './families.ts';
import { type FileWindow, openFileWindow } from './file-window.ts';
import { type PackEntries, readEntries } from './pack-entries.ts';
import { findOid, openPackIndex, type PackIndex, uint32 } from './pack-index.ts';
import { isFile, isFolder, namesIn, type Repository } from '../repository.ts';

const PACK_SIGNATURE = 0x5041434b;
const LARGEST_INDEX = 2 ** 31;

/** A pack and its index. */
export interface Pack {
  readonly path: string;
  readonly file: FileWindow;
  readonly index: PackIndex;
  /** Reads the heads of its entries, the first time that it is asked. Throws a `DamageError` or a system error. */
  layout(): PackLayout;
}

/** What a pack consists of. */
export interface PackLayout {
  readonly entries: PackEntries;
  /** Readable entries, bases first. */
  readonly order: Uint32Array;
}

/** All objects of a repository; open it once per thread. */
export interface ObjectStore {
  readonly repository: Repository;
  /** Largest first. */
  readonly packs: readonly Pack[];
  readonly problems: readonly ScanProblem[];
  close(): void;
}

/** Opens packs and indexes, also those of alternates. What cannot be opened is a problem. */
export function openObjectStore(repository: Repository): ObjectStore {
  const problems: ScanProblem[] = [];
  const packs: Pack[] = [];
  for (const folder of repository.objectDirectories.map((objects) => join(objects, 'pack')))
    for (const name of namesIn(folder).filter((one) => one.endsWith('.pack'))) {
      const path = join(folder, name);
      try {
        packs.push(openPack(path, repository.hashBytes));
      } catch (error) {
        problems.push({ where: path, problem: `The pack cannot be read: ${sentenceOf(error)}.` });
      }
    }
  return {
    repository,
    packs: packs.toSorted((one, other) => other.index.count - one.index.count),
    problems,
    close: () => {
      for (const { file } of packs) file.close();
    },
  };
}

/** Opens one pack whose index is known, in another thread. */
export function reopenPack(path: string, index: PackIndex): Pack {
  return describePack(path, openFileWindow(path), index);
}

function describePack(path: string, file: FileWindow, index: PackIndex): Pack {
  let known: PackLayout | undefined;
  const read = (): PackLayout => {
    const entries = readEntries(file, index);
    return { entries, order: linkFamilies(entries) };
  };
  return { path, file, index, layout: () => (known ??= read()) };
}

function openPack(path: string, hashBytes: number): Pack {
  const bytes = readIndexFile(path.replace(/pack$/, 'idx'));
  const index = openPackIndex(bytes, hashBytes);
  const file = openFileWindow(path);
  try {
    const head = new Uint8Array(12);
    file.read(head, 0, { from: 0, to: 12 });
    if (uint32(head, 0) !== PACK_SIGNATURE) throw new DamageError('it does not begin as a pack');
    if (uint32(head, 4) !== 2 && uint32(head, 4) !== 3) throw new DamageError('it has an unknown version');
    return describePack(path, file, index);
  } catch (error) {
    file.close();
    throw error;
  }
}

function readIndexFile(path: string): Uint8Array {
  const file = openFileWindow(path);
  try {
    if (file.size > LARGEST_INDEX) throw new DamageError('its index is larger than 2 GiB');
    const bytes = new Uint8Array(new SharedArrayBuffer(file.size));
    file.read(bytes, 0, { from: 0, to: file.size });
    return bytes;
  } finally {
    file.close();
  }
}

/** The first pack that has the object whose id stands at `at`, and its place in the index. */
export function findPacked(
  packs: readonly Pack[],
  bytes: Uint8Array,
  at: number,
): { pack: Pack; position: number } | null {
  for (const pack of packs) {
    const position = findOid(pack.index, bytes, at);
    if (position >= 0) return { pack, position };
  }
  return null;
}

/** Paths of all loose objects by id, in hexadecimal. */
export function listLoose(repository: Repository): Map<string, string> {
  const found = new Map<string, string>();
  const rest = new RegExp(`^[0-9a-f]{${repository.hashBytes * 2 - 2}}$`);
  for (const objects of repository.objectDirectories)
    for (const prefix of namesIn(objects).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      const folder = join(objects, prefix);
      if (!isFolder(folder)) continue;
      for (const name of namesIn(folder))
        if (rest.test(name) && !found.has(prefix + name)) found.set(prefix + name, join(folder, name));
    }
  return found;
}

/** Says what a repository lacks by intent, or because what it borrows from is elsewhere. */
export function missingParts({ repository, packs }: ObjectStore): ScanProblem[] {
  const found: ScanProblem[] = repository.missingAlternates.map((folder) => ({
    where: 'objects/info/alternates',
    problem: `It names ${folder}, which is not here: the objects in it were not scanned.`,
  }));
  if (isFile(join(repository.commonDirectory, 'shallow')))
    found.push({
      where: 'shallow',
      problem: 'The clone is shallow: older commits are not here and were not scanned.',
    });
  if (packs.some(({ path }) => isFile(path.replace(/pack$/, 'promisor'))))
    found.push({
      where: 'objects/pack',
      problem: 'The clone is partial: objects that were never fetched were not scanned.',
    });
  return found;
}

/** What an error says, without a full stop; system errors by their code. */
export function sentenceOf(error: unknown): string {
  if (error instanceof DamageError) return error.message;
  if (error instanceof Error && 'code' in error) return `the system reports ${String(error.code)}`;
  throw error;
}
