import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finding, ok, type Check } from '../../cli/checks.ts';
import type { Config } from '../../config/config.ts';
import { listSegments } from '../../journal/segments.ts';

const MIB = 1024 * 1024;
const LEAST_FREE = 256 * MIB;
const DAY_MILLISECONDS = 86_400_000;
/** Long enough for somebody to act. */
const DAYS = 7;
/** What the embedded store grows by for each byte of journal: 0.4 KB of 1 KB a message (docs/running.md). */
const STORE_SHARE = 0.4;

/** Bytes of one process's journal. */
export interface JournalSize {
  readonly all: number;
  /** Of segments that were written to within a day. */
  readonly lastDay: number;
}

/** Is there room for what the coming week brings at the present rate? `free` in bytes. */
export function checkSpace(
  free: number,
  { journal, store }: Pick<Config, 'journal' | 'store'>,
  journals: readonly JournalSize[],
): Check {
  const text = `${inMebibytes(free)} free`;
  const room = free - journal.minFreeBytes;
  if (free < LEAST_FREE || room <= 0) return finding('disk', text, 'Free disk space, or move the data.');
  const written = DAYS * sum(journals, ({ lastDay }) => lastDay);
  const kept = sum(journals, ({ all, lastDay }) =>
    Math.min(DAYS * lastDay, Math.max(0, journal.keepBytes - all)),
  );
  const growth = kept + (store.kind === 'sqlite' ? STORE_SHARE * written : 0);
  if (growth < room) return ok('disk', text);
  return finding(
    'disk',
    `${text}; at the rate of the last day, journals and store take ${inMebibytes(growth)} more in a week`,
    'Free disk space, move the data, or lower journal.keepBytes.',
  );
}

export async function measureJournals(folder: string, now: number): Promise<readonly JournalSize[]> {
  const nodes = await readdir(folder).catch(() => []);
  return Promise.all(nodes.map((node) => measure(join(folder, node), now)));
}

async function measure(directory: string, now: number): Promise<JournalSize> {
  const files = await listSegments(directory).catch(() => []);
  // One that is pruned meanwhile is missed.
  const found = await Promise.all(files.map(({ path }) => stat(path).catch(() => null)));
  const there = found.filter((one) => one !== null);
  const fresh = there.filter(({ mtimeMs }) => mtimeMs > now - DAY_MILLISECONDS);
  return { all: sum(there, ({ size }) => size), lastDay: sum(fresh, ({ size }) => size) };
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

function inMebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
