import { RingfenceError } from '../../kernel/errors.ts';
import { nextVersion, toPolicy } from '../policies.ts';
import type { PolicyRecord, PriceRecord } from '../records.ts';
import type { Database, Row } from './database.ts';

export type CollectionName = 'app' | 'account' | 'budget' | 'kill';

/** A record as it is stored: what must be found or be unique, and the whole as JSON. */
export interface Document {
  readonly id: string;
  readonly name: string | null;
  readonly body: string;
}

export function putRecord(
  database: Database,
  collection: CollectionName,
  { id, name, body }: Document,
): void {
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

// Virtual keys

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

// Policies

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

// Prices: the empty account stands for every account of the vendor

export function putPrices(database: Database, rows: readonly PriceRecord[]): number {
  const insert = database.prepare(`
    INSERT INTO price (vendor, account, item, prefix, effective_from, amount, currency, unit, increment, kind)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET amount = excluded.amount, currency = excluded.currency, unit = excluded.unit,
      increment = excluded.increment, kind = excluded.kind`);
  for (const { vendor, account, item, prefix, from, amount, currency, unit, increment, kind } of rows)
    insert.run(vendor, account ?? '', item, prefix, from, amount, currency, unit, increment, kind);
  return rows.length;
}

export function listPrices(database: Database, vendor: string | null): PriceRecord[] {
  const order = 'ORDER BY vendor, account, item, prefix, effective_from';
  const rows =
    vendor === null
      ? database.all(`SELECT * FROM price ${order}`)
      : database.all(`SELECT * FROM price WHERE vendor = ? ${order}`, vendor);
  return rows.map(toPrice);
}

export function removePrices(database: Database, vendor: string, kind: string | null): number {
  return database.run('DELETE FROM price WHERE vendor = ?1 AND (?2 IS NULL OR kind = ?2)', vendor, kind);
}

function toPrice(row: Row): PriceRecord {
  return {
    vendor: row['vendor'],
    account: row['account'] === '' ? null : row['account'],
    item: row['item'],
    prefix: row['prefix'],
    amount: row['amount'],
    currency: row['currency'],
    unit: row['unit'],
    increment: row['increment'],
    from: row['effective_from'],
    kind: row['kind'],
  } as PriceRecord;
}

// Settings

export function getSetting(database: Database, name: string): string | null {
  const row = database.get('SELECT value FROM setting WHERE name = ?', name);
  return row === undefined ? null : (row['value'] as string);
}

export function putSetting(database: Database, name: string, value: string): void {
  database.run(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}
