import type { SettingStore } from '../ports.ts';
import type { Database } from './database.ts';

/** Small durable facts by name. */
export function createSettings(database: Database): SettingStore {
  return {
    async get(name) {
      const row = await database.get('SELECT value FROM setting WHERE name = $1', name);
      return row === undefined ? null : (row['value'] as string);
    },
    async some(names) {
      const rows = await database.all('SELECT name, value FROM setting WHERE name = ANY ($1::text[])', names);
      return new Map(rows.map((row) => [row['name'] as string, row['value'] as string]));
    },
    async put(name, value) {
      await database.run(
        'INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        name,
        value,
      );
    },
  };
}
