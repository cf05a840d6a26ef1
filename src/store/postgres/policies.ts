import { nextVersion, toPolicy } from '../policies.ts';
import type { PolicyStore } from '../ports.ts';
import type { PolicyRecord } from '../records.ts';
import type { Database, Queries } from './database.ts';

/** Versions of the policy; nothing is ever removed. */
export function createPolicies(database: Database): PolicyStore {
  async function active(queries: Queries = database): Promise<PolicyRecord | null> {
    const row = await queries.get('SELECT * FROM policy ORDER BY version DESC LIMIT 1');
    return row === undefined ? null : toPolicy(row);
  }
  return {
    active: () => active(),
    put: (policy, expected) =>
      database.transaction(async (queries) => {
        const version = nextVersion(await active(queries), expected);
        // Two authors at once: the primary key lets one pass.
        await queries.run(
          'INSERT INTO policy (version, source, created_at, actor) VALUES ($1, $2, $3, $4)',
          version,
          policy.source,
          policy.createdAt,
          policy.actor,
        );
        return { ...policy, version };
      }),
    list: async () => (await database.all('SELECT * FROM policy ORDER BY version')).map(toPolicy),
  };
}
