import { type CollectionName, nameTaken } from '../collections.ts';
import type { Database, Row } from './database.ts';

/** A record as it is stored: what must be found or be unique, and the whole as JSON. */
export interface Document {
  readonly id: string;
  readonly name: string | null;
  readonly body: string;
}

const NAMESAKE = 'SELECT id FROM record WHERE collection = ? AND name = ? AND id <> ?';

/** Throws `conflict` unless the name is free. The table would refuse it as well, but its error would not say which name. */
export function putRecord(
  database: Database,
  collection: CollectionName,
  { id, name, body }: Document,
): void {
  const namesake = database.get(NAMESAKE, collection, name, id);
  if (namesake !== undefined) throw nameTaken(collection, name ?? '');
  database.run(
    `INSERT INTO record (collection, id, name, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE SET name = excluded.name, body = excluded.body`,
    collection,
    id,
    name,
    body,
  );
}

export function getRecord(database: Database, collection: CollectionName, id: string): string | null {
  const row = database.get('SELECT body FROM record WHERE collection = ? AND id = ?', collection, id);
  return bodyOf(row);
}

export function listRecords(database: Database, collection: CollectionName): string[] {
  return database
    .all('SELECT body FROM record WHERE collection = ? ORDER BY id', collection)
    .map((row) => row['body'] as string);
}

export function removeRecord(database: Database, collection: CollectionName, id: string): boolean {
  return database.run('DELETE FROM record WHERE collection = ? AND id = ?', collection, id) > 0;
}

function bodyOf(row: Row | undefined): string | null {
  return row === undefined ? null : (row['body'] as string);
}
