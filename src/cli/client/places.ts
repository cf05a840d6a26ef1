import { listenerUrl } from '../../config/listener-url.ts';
import type { CliProcess } from '../context.ts';
import type { LocalFlags } from '../commands/system.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4613';
const DEFAULT_DATA = '.ringfence';

/** Where a gateway of this machine is: the origin of its admin API, and its data directory. */
export interface Places {
  readonly url: string;
  readonly data: string;
}

/**
 * Flags win over variables, and these over the configuration that one of them names. A file that lies in this folder by
 * chance does not say where a token is sent.
 */
export async function findPlaces(
  flags: LocalFlags & { readonly url?: string },
  { env }: Pick<CliProcess, 'env'>,
): Promise<Places> {
  const url = flags.url ?? (env['RINGFENCE_URL'] || null);
  const data = flags.data ?? (env['RINGFENCE_DATA'] || null);
  const named = flags.config ?? (env['RINGFENCE_CONFIG'] || null);
  const isNeeded = named !== null && (url === null || data === null);
  const configured = isNeeded ? await readConfigured(named) : {};
  return {
    url: url ?? configured.url ?? DEFAULT_URL,
    data: data ?? configured.data ?? DEFAULT_DATA,
  };
}

/** Nothing where it cannot be read: it may be for the gateway's eyes only, and `doctor` tells of one that is wrong. */
async function readConfigured(path: string): Promise<Partial<Places>> {
  const { loadConfig } = await import('../../config/config.ts');
  try {
    const config = await loadConfig(path);
    return { data: config.data, ...urlOf(config.listeners.admin) };
  } catch {
    return {};
  }
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Port 0 becomes a free port, which the configuration does not tell. */
function urlOf({ host, port }: { readonly host: string; readonly port: number }): Partial<Places> {
  return port === 0 ? {} : { url: listenerUrl({ host: EVERY_ADDRESS[host] ?? host, port }) };
}
