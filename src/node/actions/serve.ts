import type { LocalOptions } from '../../cli/context.ts';
import type { Config } from '../../config/config.ts';
import { listenerUrl } from '../../config/listener-url.ts';
import { clockDifference, wallAndLedger } from '../../kernel/clock-difference.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { ensureAdminToken, startAdminServer } from '../services/admin-server.ts';
import type { Primary } from '../primary.ts';
import { forPeople, type Local } from './local.ts';

/** Runs the gateway until a signal asks it to stop. */
export async function serve(local: Local, options: LocalOptions): Promise<number> {
  const config = await local.configOf(options);
  const primary = await local.open(config);
  const token = await ensureAdminToken(primary);
  const stopAdmin = await startAll(local, primary);
  if (token !== null) forPeople(local, options).print(`admin token written to ${primary.paths.adminToken}`);
  const stopAsked = local.stopAsked(); // Whoever is told that it is ready may end it.
  describeListeners(local, config, options);
  return stay(stopAsked, primary, [stopAdmin]);
}

/** Starts the data plane and opens the admin API; resolves to what closes that. */
export async function startAll({ say }: Local, primary: Primary): Promise<() => Promise<void>> {
  try {
    await primary.start();
    const { problem } = await primary.policyInForce();
    if (problem !== null) say(problem);
    for (const closed of await primary.closedAccounts()) say(closed);
    const apart = clockDifference(wallAndLedger(primary.clock));
    if (apart !== null) say(`${apart.message}. ${apart.remedy}`);
    return await startAdminServer(primary, (error) => say(`admin API: ${(error as Error).message}`));
  } catch (error) {
    throw explainListening(error);
  }
}

/** What the system says of an address that cannot be had, and of a name that is none. */
const REFUSED = /^(?:listen (E[A-Z]+): .*|getaddrinfo (E[A-Z_]+)) (\S+)$/;

/** An address that cannot be had is a slip of the configuration, or another gateway that runs. */
export function explainListening(error: unknown): unknown {
  const [, taken, unknown, address] = REFUSED.exec((error as Error).message) ?? [];
  const code = taken ?? unknown;
  if (code === undefined) return error;
  const why = code === 'EADDRINUSE' ? 'something listens there already' : code;
  const message = `The gateway cannot listen at ${address}: ${why}. See \`listeners\`.`;
  return new RingfenceError('config_invalid', message, { cause: error });
}

/** Prints where everything listens; under `--json` as one object. */
export function describeListeners(
  { print }: Local,
  { listeners, workers }: Config,
  { json }: Pick<LocalOptions, 'json'>,
): void {
  const { apps, proxy, tls, admin } = listeners;
  if (json) return print(JSON.stringify({ ready: true, workers, listeners }));
  print(`base URL     ${listenerUrl(apps)}/<vendor host>/<path>`);
  if (proxy !== null) print(`proxy        ${listenerUrl(proxy)}`);
  if (tls !== null) print(`TLS          ${listenerUrl(tls, 'https')} (as the vendor's host)`);
  print(`admin API    ${listenerUrl(admin)}`);
  print(`ready, ${workers} data-plane process${workers === 1 ? '' : 'es'}`);
}

/**
 * Runs until a signal asks to stop, then ends what stands before the primary, and the primary last. Rejects at once, with
 * nothing ended, when another gateway has come to work on the store.
 */
export async function stay(
  stopAsked: Promise<void>,
  primary: Primary,
  ends: readonly (() => Promise<void>)[],
): Promise<number> {
  const taken = await Promise.race([stopAsked, primary.taken]);
  if (taken !== undefined) throw taken;
  for (const end of ends) await end();
  await primary.close();
  return 0;
}
