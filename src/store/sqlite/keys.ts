import { RingfenceError } from '../../kernel/errors.ts';
import type { Document } from './collections.ts';
import type { Database, Row } from './database.ts';

export interface KeyDocument extends Document {
  readonly name: string;
  readonly active: boolean;
  readonly replaces: string | null;
  readonly lastUsedAt: number | null;
}

export interface StoredKey {
  readonly body: string;
  readonly lastUsedAt: number | null;
}

/** The name must be free among live keys: active ones that no other key replaces. */
export function putKey(database: Database, key: KeyDocument): void {
  checkName(database, key);
  database.run(
    `INSERT INTO virtual_key (id, name, active, replaces, last_used_at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = excluded.active, replaces = excluded.replaces,
       last_used_at = max(coalesce(excluded.last_used_at, last_used_at), coalesce(last_used_at, excluded.last_used_at)),
       body = excluded.body`,
    key.id,
    key.name,
    key.active ? 1 : 0,
    key.replaces,
    key.lastUsedAt,
    key.body,
  );
}

const REPLACED = 'EXISTS (SELECT 1 FROM virtual_key AS next WHERE next.replaces = ?1)';

const NAMESAKE = `
  SELECT id FROM virtual_key AS other
  WHERE other.name = ?2 AND other.active = 1 AND other.id <> ?1 AND other.id IS NOT ?3
    AND NOT EXISTS (SELECT 1 FROM virtual_key AS next WHERE next.replaces = other.id)
    AND NOT ${REPLACED}
  LIMIT 1`;

function checkName(database: Database, { id, name, active, replaces }: KeyDocument): void {
  if (active && database.get(NAMESAKE, id, name, replaces) !== undefined)
    throw new RingfenceError('conflict', `Another live key is called ${name}`);
}

export function getKey(database: Database, id: string): StoredKey | null {
  const row = database.get('SELECT body, last_used_at FROM virtual_key WHERE id = ?', id);
  return row === undefined ? null : toStoredKey(row);
}

export function pageKeys(database: Database, after: string, limit: number): StoredKey[] {
  return database
    .all('SELECT body, last_used_at FROM virtual_key WHERE id > ? ORDER BY id LIMIT ?', after, limit)
    .map(toStoredKey);
}

/** As many as bear one name: a key that is rotated each day has one such a day. */
export function findKeys(database: Database, reference: string): StoredKey[] {
  return database
    .all('SELECT body, last_used_at FROM virtual_key WHERE id = ?1 OR name = ?1', reference)
    .map(toStoredKey);
}

export function pageKeysByName(database: Database, after: string | null, limit: number): StoredKey[] {
  const beyond = 'WHERE (name, id) > (SELECT name, id FROM virtual_key WHERE id = ?1)';
  const query = `
    SELECT body, last_used_at FROM virtual_key ${after === null ? 'WHERE ?1 IS NULL' : beyond}
    ORDER BY name, id LIMIT ?2`;
  return database.all(query, after, limit).map(toStoredKey);
}

export function removeKey(database: Database, id: string): boolean {
  return database.run('DELETE FROM virtual_key WHERE id = ?', id) > 0;
}

/** Pairs of id and time; a key's last use never goes back. */
export function touchKeys(database: Database, uses: readonly (readonly [string, number])[]): void {
  for (const [id, at] of uses)
    database.run(
      'UPDATE virtual_key SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at IS NULL OR last_used_at < ?1)',
      at,
      id,
    );
}

function toStoredKey(row: Row): StoredKey {
  return { body: row['body'] as string, lastUsedAt: row['last_used_at'] as number | null };
}
