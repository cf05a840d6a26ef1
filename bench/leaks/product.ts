import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchHistory } from '../../src/scan/git/history.ts';
import { openObjectStore } from '../../src/scan/git/object-store.ts';
import { findRepository } from '../../src/scan/git/repository.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';
import { textOf } from '../../src/scan/sources/text.ts';
import { createDetector } from './detector-module.ts';
import type { Reported } from './score.ts';

const LARGEST = 8 << 20;
const RULES = new Map(LEAK_RULES.map((rule) => [rule.id, rule]));
const detector = createDetector();

function* filesIn(folder: string, below = ''): Generator<string> {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory() && entry.name !== '.git') yield* filesIn(folder, path);
    else if (entry.isFile()) yield path;
  }
}

function search(path: string, bytes: Uint8Array): Reported[] {
  const found = new Map<string, Reported>();
  detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, ({ rule, start, end }) => {
    const secret = Buffer.from(bytes.subarray(start, end)).toString();
    found.set(`${rule.id} ${secret}`, { path, vendor: rule.vendor, rule: rule.id, secret });
  });
  return [...found.values()];
}

/** Searches a folder as it is; `.git` is left out. */
export function scanTree(folder: string): { reports: Reported[]; files: number } {
  const reports: Reported[] = [];
  let files = 0;
  for (const path of filesIn(folder)) {
    files++;
    const raw = readFileSync(join(folder, path));
    const text = raw.length > LARGEST ? null : textOf(raw);
    if (text !== null) reports.push(...search(path, text));
  }
  return { reports, files };
}

/** Searches everything in a repository's object store, reachable or not. */
export async function scanHistory(folder: string): Promise<{ reports: Reported[]; objects: number }> {
  const repository = findRepository(folder);
  if (repository === null) throw new Error(`${folder} is no repository`);
  const store = openObjectStore(repository);
  try {
    const found = await searchHistory({
      store,
      workers: 1,
      detector: { module: new URL('./detector-module.ts', import.meta.url).href, options: null },
      pause: () => Promise.resolve(),
    });
    const reports = found.objects.flatMap(({ oid, hits }) =>
      hits.map(({ rule, value }): Reported => {
        return { path: oid, vendor: RULES.get(rule)?.vendor ?? '', rule, secret: value };
      }),
    );
    return { reports, objects: found.documents };
  } finally {
    store.close();
  }
}
