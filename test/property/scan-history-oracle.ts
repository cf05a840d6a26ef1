import { createDetector } from '../../src/scan/git/detector-fixture.ts';
import { searchHistory } from '../../src/scan/git/history.ts';
import { openObjectStore } from '../../src/scan/git/objects/object-store.ts';
import type { ObjectType } from '../../src/scan/git/objects/object-types.ts';
import { findRepository } from '../../src/scan/git/repository.ts';

/** Ids of objects, each with where what was found in it begins and ends, and its value. */
export type Found = Record<string, readonly string[]>;

const DETECTOR = {
  module: new URL('../../src/scan/git/detector-fixture.ts', import.meta.url).href,
};

/** What reading each object whole finds in it: the meaning of right. */
export function searchWhole(
  objects: Iterable<{ readonly oid: string; readonly type: ObjectType; readonly content: Uint8Array }>,
): Found {
  const detector = createDetector();
  const found: Found = {};
  for (const { oid, type, content } of objects) {
    if (type === 'tree') continue;
    const text = Buffer.from(content).toString('latin1');
    const searched = type === 'blob' ? text : messageOf(text);
    const bytes = Buffer.from(searched, 'latin1');
    const hits: string[] = [];
    detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, ({ start, end }) => {
      const before = searched.slice(0, start).split('\n');
      hits.push(
        `${start}-${end} ${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${searched.slice(start, end)}`,
      );
    });
    if (hits.length > 0) found[oid] = hits.toSorted();
  }
  return sorted(found);
}

/** What follows the headers of a commit or tag. */
function messageOf(text: string): string {
  const blank = text.indexOf('\n\n');
  return blank < 0 ? '' : text.slice(blank + 2);
}

export interface SearchOptions {
  readonly workers?: number;
  readonly taskBytes?: number;
  readonly plainKernel?: boolean;
  /** The detector searches for anchors and judges them in two steps. */
  readonly twoSteps?: boolean;
}

/** What the scan of the repository finds. */
export async function searchRepository(
  path: string,
  options: SearchOptions = {},
): Promise<{ found: Found; problems: string[] }> {
  const repository = findRepository(path);
  if (repository === null) throw new Error(`no repository at ${path}`);
  const store = openObjectStore(repository);
  try {
    const pause = async (): Promise<void> => {};
    const { objects, problems } = await searchHistory({
      store,
      workers: 1,
      detector: { ...DETECTOR, options: options.twoSteps === true ? 'two steps' : null },
      pause,
      ...options,
    });
    const found = objects.map(({ oid, hits }) => [
      oid,
      hits.map((hit) => `${hit.start}-${hit.end} ${hit.line}:${hit.column} ${hit.value}`).toSorted(),
    ]);
    return {
      found: sorted(Object.fromEntries(found) as Found),
      problems: problems.map(({ where, problem }) => `${where}: ${problem}`),
    };
  } finally {
    store.close();
  }
}

const sorted = (found: Found): Found =>
  Object.fromEntries(Object.entries(found).toSorted(([one], [other]) => (one < other ? -1 : 1)));
