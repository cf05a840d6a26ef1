import { RingfenceError } from '../../kernel/errors.ts';
import { type CollectionName, nameTaken } from '../collections.ts';
import type { Collection } from '../ports.ts';
import type { Database } from './database.ts';

/** Named things as JSON. A duplicate name is a conflict of the table itself, which is told by name. */
export function createCollection<T extends { readonly id: string; readonly name?: string }>(
  database: Database,
  collection: CollectionName,
): Collection<T> {
  return {
    async put(record) {
      const { id, name = null } = record;
      const put = database.run(
        `INSERT INTO record (collection, id, name, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (collection, id) DO UPDATE SET name = excluded.name, body = excluded.body`,
        collection,
        id,
        name,
        JSON.stringify(record),
      );
      await put.catch((error: unknown) => {
        // The name is all that can be a duplicate.
        const isTaken = error instanceof RingfenceError && error.code === 'conflict' && name !== null;
        throw isTaken ? nameTaken(collection, name) : error;
      });
    },
    async get(id) {
      const row = await database.get(
        'SELECT body FROM record WHERE collection = $1 AND id = $2',
        collection,
        id,
      );
      return row === undefined ? null : (JSON.parse(row['body'] as string) as T);
    },
    async list() {
      const rows = await database.all(
        'SELECT body FROM record WHERE collection = $1 ORDER BY id COLLATE "C"',
        collection,
      );
      return rows.map((row) => JSON.parse(row['body'] as string) as T);
    },
    remove: async (id) =>
      (await database.run('DELETE FROM record WHERE collection = $1 AND id = $2', collection, id)) > 0,
  };
}
