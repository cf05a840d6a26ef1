import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathsOf, type Config } from '../config/config.ts';
import { isMissing, listSegments } from '../journal/segments.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { inspectStore } from './store.ts';

/**
 * Throws `store_unavailable` where there are journals and no store that they were loaded into. A new one would know no
 * account, budget or kill switch, sign with another key and replace the admin token: what is put back later would not fit.
 */
export async function refuseLostStore(config: Config, databaseUrl: string | undefined): Promise<void> {
  const { journal, store } = pathsOf(config);
  if (!(await holdsRecords(journal))) return;
  const found = await inspectStore(config, databaseUrl);
  if (found !== 'nothing' && found !== 'empty') return;
  const place = config.store.kind === 'sqlite' ? store : 'the database';
  throw new RingfenceError(
    'store_unavailable',
    `${journal} holds records, but ${place} holds no store: put back the one that belongs to them, from the backup. To begin with nothing, move ${config.data} away first.`,
  );
}

async function holdsRecords(journal: string): Promise<boolean> {
  const nodes = await readdir(journal).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const node of nodes) if ((await listSegments(join(journal, node))).length > 0) return true;
  return false;
}
