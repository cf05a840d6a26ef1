import type { Database } from './database.ts';

export function getSetting(database: Database, name: string): string | null {
  const row = database.get('SELECT value FROM setting WHERE name = ?', name);
  return row === undefined ? null : (row['value'] as string);
}

export function someSettings(database: Database, names: readonly string[]): ReadonlyMap<string, string> {
  const query = 'SELECT name, value FROM setting WHERE name IN (SELECT value FROM json_each(?))';
  const rows = database.all(query, JSON.stringify(names));
  return new Map(rows.map((row) => [row['name'] as string, row['value'] as string]));
}

export function putSetting(database: Database, name: string, value: string): void {
  database.run(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}
