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
 * Flags come before environment variables, and these before the configuration file that one of them names. A configuration
 * that merely lies in the working folder is ignored: a stranger's project must not decide where a token is sent.
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

/** Places from a configuration; none if it cannot be read. Only the gateway may have the right to, and `doctor` reports invalid ones. */
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

/** Origin of the admin API; none for port 0, which stands for a free port that only the running gateway knows. */
function urlOf({ host, port }: { readonly host: string; readonly port: number }): Partial<Places> {
  return port === 0 ? {} : { url: listenerUrl({ host: EVERY_ADDRESS[host] ?? host, port }) };
}
