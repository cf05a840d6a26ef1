import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { createAdminApi } from '../api/admin-api.ts';
import { createTokenCheck, hashToken } from '../api/authenticate.ts';
import type { Primary } from './primary.ts';
import { createAdminServices } from './services.ts';

const TOKEN_SETTING = 'admin.tokenHash';

/** Makes the first admin token and leaves it in the data directory, for its owner alone. Null: there is one already. */
export async function ensureAdminToken({ store, paths }: Primary): Promise<string | null> {
  if ((await store.settings.get(TOKEN_SETTING)) !== null) return null;
  const token = `rfa_${randomBytes(32).toString('base64url')}`;
  await writeFile(paths.adminToken, `${token}\n`, { mode: 0o600 });
  await chmod(paths.adminToken, 0o600);
  await store.settings.put(TOKEN_SETTING, hashToken(token));
  return token;
}

/** Serves the admin API. Returns its end. */
export async function startAdminServer(
  primary: Primary,
  report: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const services = createAdminServices(primary, Date.now());
  const authenticate = createTokenCheck(() => primary.store.settings.get(TOKEN_SETTING));
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
