import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { createAdminApi } from '../../api/admin-api.ts';
import { createTokenCheck, hashToken } from '../../api/authenticate.ts';
import type { Primary } from '../primary.ts';
import { createAdminServices } from './services.ts';

const TOKEN_SETTING = 'admin.tokenHash';

/** Makes the first admin token and leaves it in the data directory, for its owner alone. Null: there is one already. */
export async function ensureAdminToken(primary: Pick<Primary, 'store' | 'paths'>): Promise<string | null> {
  const { settings } = primary.store;
  return (await settings.get(TOKEN_SETTING)) === null ? makeAdminToken(primary) : null;
}

/** Replaces a token that has leaked or is lost: from now on only the new one opens the admin API. */
export async function replaceAdminToken(
  primary: Pick<Primary, 'store' | 'paths' | 'record'>,
  actor: string,
): Promise<string> {
  await primary.record({ actor, act: 'admin.token', target: 'admin', detail: {} });
  return makeAdminToken(primary);
}

async function makeAdminToken({ store, paths }: Pick<Primary, 'store' | 'paths'>): Promise<string> {
  const token = `rfa_${randomBytes(32).toString('base64url')}`;
  const temporary = `${paths.adminToken}.new`;
  await rm(temporary, { force: true }); // One that is there may be open to others.
  await writeFile(temporary, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await rename(temporary, paths.adminToken);
  await store.settings.put(TOKEN_SETTING, hashToken(token));
  return token;
}

/** Serves the admin API. Returns its end. */
export async function startAdminServer(
  primary: Primary,
  report: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const services = createAdminServices(primary, Date.now());
  // It changes only while no gateway runs. Read once, it lets the operator in also while the store is away.
  const tokenHash = await primary.store.settings.get(TOKEN_SETTING);
  const authenticate = createTokenCheck(() => Promise.resolve(tokenHash));
  const api = createAdminApi({ services, authenticate, report });
  const { host, port } = primary.config.listeners.admin;
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const started = serve(
      {
        fetch: api.fetch,
        hostname: host,
        port,
        serverOptions: { headersTimeout: 5_000, requestTimeout: 60_000 },
      },
      () => resolve(started),
    );
    started.once('error', reject);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
}
