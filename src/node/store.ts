import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathsOf, type Config } from '../config/config.ts';
import { RingfenceError, systemReason } from '../kernel/errors.ts';
import { openHold } from '../store/postgres/hold.ts';
import { inspectPostgresStore, openPostgresStore } from '../store/postgres/open.ts';
import { inspectSqliteStore, readSqliteSetting } from '../store/sqlite/inspect.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/ports.ts';
import { createStoreHold, type StoreHoldOptions } from './store-hold.ts';

export const DATABASE_URL_VARIABLE = 'RINGFENCE_DATABASE_URL';

const CLOCK = { wall: Date.now };
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|)$/;
/** Modes in which the driver checks the server's certificate. */
const CHECKED: ReadonlySet<string | null> = new Set(['verify-full', 'verify-ca', 'require']);

/** What to do, by SQLSTATE or system error. */
const HINTS: Readonly<Record<string, string>> = {
  '28P01': 'The password is wrong.',
  '28000': 'The server does not let this user in (pg_hba.conf).',
  '3D000': 'Create the database first: CREATE DATABASE … OWNER ….',
  '42501': 'The user must own the schema, or have CREATE on it: tables are made on the first start.',
  ECONNREFUSED: 'Nothing listens there.',
  ENOENT: 'There is no such socket.',
  ENOTFOUND: 'The host name is not known.',
};

/**
 * Opens the store that the configuration names. `databaseUrl`: value of RINGFENCE_DATABASE_URL. Rejects with
 * `config_invalid` without a usable URL, else as the engines do; no message holds the password. `onTaken`: see
 * `StoreHoldOptions`; SQLite never tells.
 */
export async function openStore(
  config: Config,
  databaseUrl: string | undefined,
  onTaken: StoreHoldOptions['onTaken'] = () => {},
): Promise<Store> {
  const { store } = config;
  const paths = pathsOf(config);
  if (store.kind === 'sqlite') return openSqliteStore({ path: paths.store, clock: CLOCK });
  const url = await urlOf(store, databaseUrl);
  const owner = await gatewayId(paths.gatewayId);
  return openHeld(url.href, owner, onTaken).catch((error: unknown) => {
    throw explain(error, url);
  });
}

/** The lock comes first: tables are not changed beside a gateway that works on them. */
async function openHeld(url: string, owner: string, onTaken: StoreHoldOptions['onTaken']): Promise<Store> {
  const connection = openHold({ url });
  const hold = createStoreHold({ hold: connection, run: randomBytes(15).toString('base64url'), onTaken });
  try {
    await inspectPostgresStore({ url, owner });
    await hold.take();
    const store = await openPostgresStore({ url, clock: CLOCK, owner });
    await hold.begin();
    return Object.freeze({ ...store, close: once(() => store.close().then(hold.end)) });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => (closed ??= close());
}

/** What the store that the configuration names holds; neither it nor the data directory is changed. Rejects as `openStore`. */
export async function inspectStore(
  config: Config,
  databaseUrl: string | undefined,
): Promise<'nothing' | 'empty' | 'older' | 'current'> {
  const { store } = config;
  const paths = pathsOf(config);
  if (store.kind === 'sqlite') return inspectSqliteStore(paths.store);
  const url = await urlOf(store, databaseUrl);
  const owner = await readFile(paths.gatewayId, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
  return inspectPostgresStore({ url: url.href, owner }).catch((error: unknown) => {
    throw explain(error, url);
  });
}

/** A setting of a SQLite store that no gateway works on; null also where it cannot be read without touching anything. */
export async function readSettingAtRest(config: Config, name: string): Promise<string | null> {
  return config.store.kind === 'sqlite' ? readSqliteSetting(pathsOf(config).store, name) : null;
}

async function urlOf(
  { urlFile }: Extract<Config['store'], { kind: 'postgres' }>,
  databaseUrl: string | undefined,
): Promise<URL> {
  return readUrl(urlFile === undefined ? databaseUrl : await readUrlFile(urlFile));
}

async function readUrlFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new RingfenceError(
      'config_invalid',
      `store.urlFile: ${path} cannot be read (${systemReason(cause)}).`,
      { cause },
    );
  }
}

function readUrl(text: string | undefined): URL {
  const fail = (what: string): never => {
    throw new RingfenceError('config_invalid', what);
  };
  if (text === undefined || text === '')
    return fail(
      `The store is PostgreSQL: set ${DATABASE_URL_VARIABLE}, or store.urlFile to a file with its URL.`,
    );
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.pathname.length < 2)
    return fail('The URL of the store is not one such as postgres://user:password@host/database.');
  const isLocal = url.searchParams.get('host')?.startsWith('/') === true || LOCAL.test(url.hostname);
  if (!isLocal && !CHECKED.has(url.searchParams.get('sslmode')))
    return fail('PostgreSQL is on another machine: add ?sslmode=verify-full to the URL of the store.');
  return url;
}

/** Random and permanent: the journals of this data directory are this gateway's, and so is the store that they load. */
async function gatewayId(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${randomBytes(15).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return (await readFile(path, 'utf8')).trim();
}

function explain(error: unknown, url: URL): unknown {
  if (!(error instanceof RingfenceError)) return error;
  const place = `${url.searchParams.get('host') ?? url.host}${url.pathname}`;
  if (error.code === 'conflict') {
    const hint = 'Start it with the data directory that it was first used with, or use another database.';
    return new RingfenceError('conflict', `${error.message} (${place}). ${hint}`, { cause: error });
  }
  if (error.code !== 'store_unavailable') return error;
  const { code = '' } = (error.cause ?? {}) as { readonly code?: string };
  const hint = HINTS[code] ?? `${error.message}.`;
  return new RingfenceError(error.code, `PostgreSQL at ${place} cannot be used: ${hint}`, { cause: error });
}
