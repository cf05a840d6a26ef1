import { RingfenceError } from '../kernel/errors.ts';
import type { PolicyRecord } from './records.ts';

/** A row of the table `policy`. */
export function toPolicy(row: Readonly<Record<string, unknown>>): PolicyRecord {
  return {
    version: row['version'] as number,
    source: row['source'] as string,
    createdAt: row['created_at'] as number,
    actor: row['actor'] as string,
  };
}

/** The version that follows the active one. Throws `conflict` when that is not the one that the author has seen. */
export function nextVersion(active: PolicyRecord | null, expected: number): number {
  const version = active?.version ?? 0;
  if (version !== expected)
    throw new RingfenceError('conflict', `Policy version ${version} is active, not ${expected}`);
  return version + 1;
}
