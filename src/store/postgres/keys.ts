import { RingfenceError } from '../../kernel/errors.ts';
import type { KeyStore } from '../ports.ts';
import { allPages, PAGE } from '../pages.ts';
import type { VirtualKeyRecord } from '../records.ts';
import type { Database, Queries, Row } from './database.ts';

const KEY_COLUMNS = 'SELECT body, last_used_at FROM virtual_key';

/** Virtual keys as JSON, beside what must be found or be unique. */
export function createKeys(database: Database): KeyStore {
  async function page(after: string, limit: number): Promise<VirtualKeyRecord[]> {
    const rows = await database.all(`${KEY_COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2`, after, limit);
    return rows.map(toKey);
  }
  return {
    put: (key) => database.transaction((queries) => putKey(queries, key)),
    async get(id) {
      const row = await database.get(`${KEY_COLUMNS} WHERE id = $1`, id);
      return row === undefined ? null : toKey(row);
    },
    list: () => allPages((last) => page(last?.id ?? '', PAGE)),
    page,
    async pageByName(after, limit) {
      const beyond = `WHERE (name COLLATE "C", id) > (SELECT name COLLATE "C", id FROM virtual_key WHERE id = $1)`;
      const where = after === null ? 'WHERE $1::text IS NULL' : beyond;
      const order = 'ORDER BY name COLLATE "C", id LIMIT $2';
      return (await database.all(`${KEY_COLUMNS} ${where} ${order}`, after, limit)).map(toKey);
    },
    async find(reference) {
      const rows = await database.all(`${KEY_COLUMNS} WHERE id = $1 OR name COLLATE "C" = $1`, reference);
      return rows.map(toKey);
    },
    remove: async (id) => (await database.run('DELETE FROM virtual_key WHERE id = $1', id)) > 0,
    async touch(uses) {
      await database.run(
        `UPDATE virtual_key SET last_used_at = used.at FROM unnest($1::text[], $2::bigint[]) AS used (id, at)
         WHERE virtual_key.id = used.id AND (last_used_at IS NULL OR last_used_at < used.at)`,
        [...uses.keys()],
        [...uses.values()],
      );
    },
  };
}

const NAMESAKE = `
  SELECT id FROM virtual_key AS other
  WHERE other.name = $2 AND other.active AND other.id <> $1 AND other.id IS DISTINCT FROM $3
    AND NOT EXISTS (SELECT 1 FROM virtual_key AS next WHERE next.replaces = other.id)
    AND NOT EXISTS (SELECT 1 FROM virtual_key AS next WHERE next.replaces = $1)
  LIMIT 1`;

/** Keys of one name are written one after another, so that the check holds until the commit. */
async function putKey(queries: Queries, key: VirtualKeyRecord): Promise<void> {
  await queries.run(`SELECT pg_advisory_xact_lock(hashtextextended('key ' || $1, 0))`, key.name);
  const active = key.state === 'active';
  if (active && (await queries.get(NAMESAKE, key.id, key.name, key.replaces)) !== undefined)
    throw new RingfenceError('conflict', `Another live key is called ${key.name}`);
  await queries.run(
    `INSERT INTO virtual_key (id, name, active, replaces, last_used_at, body) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = excluded.active, replaces = excluded.replaces,
       last_used_at = greatest(virtual_key.last_used_at, excluded.last_used_at), body = excluded.body`,
    key.id,
    key.name,
    active,
    key.replaces,
    key.lastUsedAt,
    JSON.stringify(key),
  );
}

function toKey(row: Row): VirtualKeyRecord {
  const key = JSON.parse(row['body'] as string) as VirtualKeyRecord;
  return { ...key, lastUsedAt: row['last_used_at'] as number | null };
}
