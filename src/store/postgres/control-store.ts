import { RingfenceError } from '../../kernel/errors.ts';
import type { Collection, KeyStore, PolicyStore, PriceStore, SettingStore } from '../ports.ts';
import { nextVersion, toPolicy } from '../policies.ts';
import type { PolicyRecord, PriceRecord, VirtualKeyRecord } from '../records.ts';
import type { Database, Queries, Row } from './database.ts';

export function createCollection<T extends { readonly id: string; readonly name?: string }>(
  database: Database,
  collection: 'app' | 'account' | 'budget' | 'kill',
): Collection<T> {
  return {
    async put(record) {
      await database.run(
        `INSERT INTO record (collection, id, name, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (collection, id) DO UPDATE SET name = excluded.name, body = excluded.body`,
        collection,
        record.id,
        record.name ?? null,
        JSON.stringify(record),
      );
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

const KEY_COLUMNS = 'SELECT body, last_used_at FROM virtual_key';

export function createKeys(database: Database): KeyStore {
  async function page(after: string, limit: number | null): Promise<VirtualKeyRecord[]> {
    const rows = await database.all(`${KEY_COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2`, after, limit);
    return rows.map(toKey);
  }
  return {
    put: (key) => database.transaction((queries) => putKey(queries, key)),
    async get(id) {
      const row = await database.get(`${KEY_COLUMNS} WHERE id = $1`, id);
      return row === undefined ? null : toKey(row);
    },
    list: () => page('', null),
    page,
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

const PUT_PRICES = `
  INSERT INTO price (vendor, account, item, prefix, effective_from, amount, currency, unit, increment, kind)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
    $8::text[], $9::bigint[], $10::text[])
  ON CONFLICT (vendor, account, item, prefix, effective_from) DO UPDATE SET amount = excluded.amount,
    currency = excluded.currency, unit = excluded.unit, increment = excluded.increment, kind = excluded.kind`;

export function createPrices(database: Database): PriceStore {
  return {
    async put(rows) {
      // The last of several rows with the same coordinates wins, as if they were written one by one.
      const distinct = [...new Map(rows.map((row) => [priceId(row), row])).values()];
      const column = (name: keyof PriceRecord) => distinct.map((row) => row[name]);
      const accounts = distinct.map((row) => row.account ?? '');
      await database.run(
        PUT_PRICES,
        column('vendor'),
        accounts,
        column('item'),
        column('prefix'),
        column('from'),
        column('amount'),
        column('currency'),
        column('unit'),
        column('increment'),
        column('kind'),
      );
      return rows.length;
    },
    async list(vendor) {
      const sql = `SELECT * FROM price WHERE $1::text IS NULL OR vendor = $1
        ORDER BY vendor, account, item, prefix, effective_from`;
      return (await database.all(sql, vendor ?? null)).map(toPrice);
    },
    remove: (vendor, kind) =>
      database.run(
        'DELETE FROM price WHERE vendor = $1 AND ($2::text IS NULL OR kind = $2)',
        vendor,
        kind ?? null,
      ),
  };
}

function priceId({ vendor, account, item, prefix, from }: PriceRecord): string {
  return JSON.stringify([vendor, account, item, prefix, from]);
}

function toPrice(row: Row): PriceRecord {
  const { effective_from: from, account, ...rest } = row;
  return { ...rest, from, account: account === '' ? null : account } as unknown as PriceRecord;
}

export function createSettings(database: Database): SettingStore {
  return {
    async get(name) {
      const row = await database.get('SELECT value FROM setting WHERE name = $1', name);
      return row === undefined ? null : (row['value'] as string);
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
