import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../scan/report/findings.ts';
import type { Sighting } from '../../scan/sighting.ts';
import { createGit } from '../../scan/sources/git-process.ts';
import { allChecks } from '../../scan/verify/checks.ts';
import { keyText } from '../../scan/verify/key-text.ts';
import { neighboursOf } from '../../scan/verify/neighbours.ts';
import { canonicalRule } from '../../scan/report/canonical.ts';

export interface NeighbourhoodOptions {
  /** Folder that the paths of places are relative to. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Sets of companions (public ids such as an account id) with one of which a found secret may belong. */
export interface Candidates {
  /** Never empty. */
  readonly all: readonly Finding['companions'][];
  /** False when there are further sets, which are not tried. */
  readonly isAll: boolean;
}

const MOST_BYTES = 4 << 20;
/** Most combinations of ids around one value that are tried at the vendor. */
const MOST_TRIED = 6;
/** Most places of one value that are read again to find ids. */
const MOST_PLACES = 3;

/**
 * Finds what is needed to verify a found secret: the public ids around it. Ids that its rule has captured come first; for
 * others, the files and Git objects are read again.
 */
export function createNeighbourhood({ folder, env }: NeighbourhoodOptions) {
  const checks = allChecks();
  const git = createGit(env);

  async function read({ place }: Sighting): Promise<string | null> {
    // Paths in an archive are chosen by its maker and could lead anywhere, so they are not opened.
    if ((place.kind !== 'file' && place.kind !== 'git') || isInArchive(place.path)) return null;
    if (place.kind === 'file') return readStart(join(folder, place.path));
    if (place.type !== 'blob' || !/^[0-9a-f]{40,64}$/.test(place.object)) return null;
    const blob = git.run(folder, ['cat-file', 'blob', place.object]);
    return blob === null || blob.length > MOST_BYTES ? null : blob.toString('latin1');
  }

  /** Reads the whole private key where a rule has matched its beginning; null for other rules, or when the key is incomplete. */
  async function keyOf(sighting: Sighting): Promise<string | null> {
    if (checks.get(canonicalRule(sighting.rule.id))?.ofKeyStart !== true) return null;
    const text = await read(sighting);
    return text === null ? null : keyText(text, sighting.secret.reveal());
  }

  /** Companions of a found value, the likeliest first. Which of several ids around it is the right one can only be tried. */
  async function companionsOf({ rule, otherRules, companions, places }: Finding): Promise<Candidates> {
    const check = [rule, ...otherRules].map(({ id }) => checks.get(canonicalRule(id))).find(Boolean);
    const near = check?.near ?? {};
    const values = new Map(Object.entries(companions).map(([name, value]) => [name, new Set([value])]));
    for (const sighting of places.slice(0, MOST_PLACES)) {
      const pem = await keyOf(sighting);
      if (pem !== null && !values.has('pem')) values.set('pem', new Set([pem]));
      const text = await read(sighting);
      const found = text === null ? {} : neighboursOf(near, text, sighting.line);
      for (const [name, own] of Object.entries(found))
        values.set(name, new Set([...(values.get(name) ?? []), ...own]));
    }
    return combine(values);
  }

  return { companionsOf, keyOf };
}

/** All combinations of the values of each companion, up to `MOST_TRIED`. */
function combine(values: ReadonlyMap<string, ReadonlySet<string>>): Candidates {
  let all: Finding['companions'][] = [{}];
  let isAll = true;
  for (const [name, own] of values) {
    const next = all.flatMap((one) =>
      [...own].slice(0, MOST_TRIED).map((value) => ({ ...one, [name]: value })),
    );
    isAll &&= own.size <= MOST_TRIED && next.length <= MOST_TRIED;
    all = next.slice(0, MOST_TRIED);
  }
  return { all, isAll };
}

const isInArchive = (path: string | null): boolean => path?.includes('!/') === true;

/** Beginning of a file; null when it is none (any more). */
async function readStart(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_BYTES), position: 0 });
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
