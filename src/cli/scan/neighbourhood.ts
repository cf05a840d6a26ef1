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
  /** What the paths of places are relative to. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Companions with which a value can be asked about. */
export interface Candidates {
  /** Never empty. */
  readonly all: readonly Finding['companions'][];
  /** False when there are more. */
  readonly isAll: boolean;
}

const MOST_BYTES = 4 << 20;
/** Combinations of ids around one value that are tried. */
const MOST_TRIED = 6;
/** Places of one value that are read again. */
const MOST_PLACES = 3;

/**
 * Public ids that stand around a found secret, so that it can be verified: the files and git objects are read again.
 * What the rules saw themselves comes first.
 */
export function createNeighbourhood({ folder, env }: NeighbourhoodOptions) {
  const checks = allChecks();
  const git = createGit(env);

  async function read({ place }: Sighting): Promise<string | null> {
    // Whoever made an archive chose the paths in it, which could lead anywhere.
    if ((place.kind !== 'file' && place.kind !== 'git') || isInArchive(place.path)) return null;
    if (place.kind === 'file') return readStart(join(folder, place.path));
    if (place.type !== 'blob' || !/^[0-9a-f]{40,64}$/.test(place.object)) return null;
    const blob = git.run(folder, ['cat-file', 'blob', place.object]);
    return blob === null || blob.length > MOST_BYTES ? null : blob.toString('latin1');
  }

  /** The whole private key of which a rule has seen the beginning; null for other rules, or when it is not whole. */
  async function keyOf(sighting: Sighting): Promise<string | null> {
    if (checks.get(canonicalRule(sighting.rule.id))?.ofKeyStart !== true) return null;
    const text = await read(sighting);
    return text === null ? null : keyText(text, sighting.secret.reveal());
  }

  /** What may belong to a found value, the likeliest first: which of the ids around it is its own can only be tried. */
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

/** Each companion with each of its values, up to a bound. */
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

/** Null for what is no file any more, such as one in an archive. */
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
