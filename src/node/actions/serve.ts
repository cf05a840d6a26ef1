import type { LocalOptions } from '../../cli/context.ts';
import type { Config } from '../../config/config.ts';
import { ensureAdminToken, startAdminServer } from '../admin-server.ts';
import type { Primary } from '../primary.ts';
import type { Local } from './local.ts';

/** Runs the gateway until a signal asks it to stop. */
export async function serve(local: Local, options: LocalOptions): Promise<number> {
  const config = await local.configOf(options);
  const primary = await local.open(config);
  const token = await ensureAdminToken(primary);
  await primary.start();
  const stopAdmin = await startAdmin(local, primary);
  if (token !== null) local.print(`admin token written to ${primary.paths.adminToken}`);
  describeListeners(local, config);
  return stay(local, primary, [stopAdmin]);
}

/** Opens the admin API; resolves to what closes it. */
export function startAdmin({ say }: Local, primary: Primary): Promise<() => Promise<void>> {
  return startAdminServer(primary, (error) => say(`admin API: ${(error as Error).message}`));
}

/** Prints where everything listens. */
export function describeListeners({ print }: Local, { listeners, workers }: Config): void {
  const { apps, proxy, tls, admin } = listeners;
  print(`base URL     http://${apps.host}:${apps.port}/<vendor host>/<path>`);
  if (proxy !== null) print(`proxy        http://${proxy.host}:${proxy.port}`);
  if (tls !== null) print(`TLS          https://${tls.host}:${tls.port} (as the vendor's host)`);
  print(`admin API    http://${admin.host}:${admin.port}`);
  print(`ready, ${workers} data-plane process${workers === 1 ? '' : 'es'}`);
}

/** Runs until a signal asks to stop, then ends what stands before the primary, and the primary last. */
export async function stay(
  local: Local,
  primary: Primary,
  ends: readonly (() => Promise<void>)[],
): Promise<number> {
  await local.stopAsked();
  for (const end of ends) await end();
  await primary.close();
  return 0;
}
