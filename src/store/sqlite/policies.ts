import { nextVersion, toPolicy } from '../policies.ts';
import type { PolicyRecord } from '../records.ts';
import type { Database } from './database.ts';

export function activePolicy(database: Database): PolicyRecord | null {
  const row = database.get('SELECT * FROM policy ORDER BY version DESC LIMIT 1');
  return row === undefined ? null : toPolicy(row);
}

export function putPolicy(
  database: Database,
  policy: Omit<PolicyRecord, 'version'>,
  expected: number,
): PolicyRecord {
  const record = { ...policy, version: nextVersion(activePolicy(database), expected) };
  database.run(
    'INSERT INTO policy (version, source, created_at, actor) VALUES (?, ?, ?, ?)',
    record.version,
    record.source,
    record.createdAt,
    record.actor,
  );
  return record;
}

export function listPolicies(database: Database): PolicyRecord[] {
  return database.all('SELECT * FROM policy ORDER BY version').map(toPolicy);
}
