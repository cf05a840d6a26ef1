import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IsSigned, Sign } from './checkpoint.ts';
import { writeWhole } from './files.ts';
import { isMissing, isUnreadable } from './segments.ts';

/** Folder, in the journal's own, of what was retired. */
const FOLDER = 'retired';
const NAME = /^(\d{8}(?:-\d+)?)\.json$/;
const REMEDY =
  'put it back from a backup, or move it away: the records `journal.retire` of the control journal say what it held';

export interface RetiredSegment {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the file as it was found, hex; null when the disk did not give it. */
  readonly hash: string | null;
}

/** What was taken out of a journal, why, and where it begins since then. */
export interface Retirement {
  readonly node: string;
  /** The last epoch that went. */
  readonly through: number;
  /** What was wrong, one sentence for each damaged epoch. */
  readonly faults: readonly string[];
  readonly segments: readonly RetiredSegment[];
  /** The epoch with which the journal begins now, and the chain hash (hex) that it states for the one before. */
  readonly start: { readonly epoch: number; readonly head: string };
  /** Wall ms. */
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
}

/** A retirement as it stands on the disk. */
export interface StoredRetirement {
  /** Null when its note is not one that we signed: what it claims is not passed on. */
  readonly retirement: Retirement | null;
  /** Its segments that are still there. */
  readonly kept: number;
  /** Why it, or what is kept of it, cannot be trusted; null when it can. */
  readonly problem: string | null;
}

/** Folder that keeps what was retired of the journal in `directory`. */
export function retiredFolder(directory: string): string {
  return join(directory, FOLDER);
}

/** Hashes a segment file, whatever is in it, and also where the disk does not give it. */
export async function hashSegment(path: string): Promise<RetiredSegment> {
  try {
    return await hashWhole(path);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { name: basename(path), bytes: (await lstat(path)).size, hash: null };
  }
}

async function hashWhole(path: string): Promise<RetiredSegment> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      bytes += piece.length;
      hash.update(piece);
    }
  });
  return { name: basename(path), bytes, hash: hash.digest('hex') };
}

/** Writes the signed note beside the retired segments, in one step that survives a power cut. */
export async function writeRetirement(directory: string, retirement: Retirement, sign: Sign): Promise<void> {
  const text = JSON.stringify({ retirement, signature: sign(textOf(retirement)) });
  await writeWhole(await notePath(retiredFolder(directory), retirement), text);
}

/** Where to write the note: over that of the same retirement, if it was interrupted before, but never over another. */
async function notePath(folder: string, retirement: Retirement): Promise<string> {
  for (let count = 1; ; count += 1) {
    const suffix = count === 1 ? '' : `-${count}`;
    const path = join(folder, `${String(retirement.through).padStart(8, '0')}${suffix}.json`);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (text === null || factsOf(parse(text)?.retirement ?? {}) === factsOf(retirement)) return path;
  }
}

function factsOf({ node, through, faults, segments, start }: Partial<Retirement>): string {
  return JSON.stringify([node, through, faults, segments, start]);
}

/** All retirements of a journal, which has the name of its node, in order, each compared with what is kept of it. */
export async function readRetirements(
  directory: string,
  isSigned: IsSigned,
): Promise<readonly StoredRetirement[]> {
  const folder = retiredFolder(directory);
  const names = (await namesIn(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []).toSorted();
  return Promise.all(names.map((name) => readOne(join(folder, `${name}.json`), isSigned)));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readOne(path: string, isSigned: IsSigned): Promise<StoredRetirement> {
  const folder = dirname(path);
  const note = parse(await readNote(path));
  if (note === null) return unknown(`${path} is not the note of a retirement: ${REMEDY}`);
  if (!isSigned(textOf(note.retirement), note.signature))
    return unknown(`the signature of ${path} does not fit: ${REMEDY}`);
  const { retirement } = note;
  const node = basename(dirname(folder));
  if (retirement.node !== node)
    return unknown(
      `${path} is the note of a retirement of the journal of ${retirement.node}, not of ${node}: move it there`,
    );
  const found = await Promise.all(retirement.segments.map((segment) => compare(folder, segment)));
  const changed = retirement.segments.find((_, index) => found[index] === 'changed');
  return {
    retirement,
    kept: found.filter((one) => one !== 'gone').length,
    problem: changed === undefined ? null : `${join(folder, changed.name)} is not what was retired`,
  };
}

/** Empty where the disk does not give it. */
async function readNote(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return '';
  }
}

function unknown(problem: string): StoredRetirement {
  return { retirement: null, kept: 0, problem };
}

interface Note {
  /** What it claims to be, until its signature fits. */
  readonly retirement: Retirement;
  readonly signature: string;
}

function parse(text: string): Note | null {
  try {
    const { retirement, signature } = JSON.parse(text) as Note;
    return typeof signature === 'string' ? { retirement, signature } : null;
  } catch {
    // Not JSON, or `null`.
    return null;
  }
}

async function compare(folder: string, segment: RetiredSegment): Promise<'same' | 'changed' | 'gone'> {
  try {
    const { hash } = await hashSegment(join(folder, segment.name));
    return segment.hash === null || hash === segment.hash ? 'same' : 'changed';
  } catch (error) {
    if (isMissing(error)) return 'gone';
    throw error;
  }
}

function textOf(retirement: Retirement): string {
  return `ringfence journal retirement 1\n${JSON.stringify(retirement)}`;
}
