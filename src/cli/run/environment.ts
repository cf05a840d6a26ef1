import { delimiter } from 'node:path';
import { isWithin } from '../../tls/domains.ts';
import { javaExceptions, javaToolOptions } from './java.ts';
import type { TrustFiles } from './trust-files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Hosts of this machine, which are always excepted from the proxy. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Variables that are kept from the program: with them it could lift every limit that it runs under. */
const OPERATOR = new Set(['RINGFENCE_TOKEN', 'RINGFENCE_KEY_RING', 'RINGFENCE_DATABASE_URL']);

/** Settings that npm passes to scripts. Some clients, such as axios, prefer them to `HTTPS_PROXY` and `NO_PROXY`. */
const FROM_NPM = /^npm_config_((https?_)?proxy|no_?proxy)$/i;
const EXCEPTIONS_FROM_NPM = /^npm_config_no_?proxy$/i;

export interface EnvironmentOptions {
  /** The gateway as forward proxy, for example `http://127.0.0.1:4801`. */
  readonly proxy: string;
  /** The gateway's transparent TLS listener, for example `https://127.0.0.1:4612`; null: there is none. */
  readonly tls: string | null;
  /** Registered vendor hosts, exact or `*.domain`. */
  readonly hosts: readonly string[];
  readonly trust: TrustFiles;
  /** URL of `preload.mjs`. */
  readonly preload: string;
  /** Folder of `sitecustomize.py`. */
  readonly python: string;
  /** Variables by which SDKs take another base URL, from the vendors' facts. */
  readonly baseUrls: Readonly<Record<string, string>>;
  /**
   * `all`: every proxy variable is set, so other hosts reach the gateway too, which refuses them unless the operator
   * listed them. `vendors`: no proxy variable is set, vendor hosts are excepted from proxies that are; Node programs alone are covered, by the
   * preload.
   */
  readonly scope: 'all' | 'vendors';
  /** Environment to start from. */
  readonly base: Environment;
}

/** Environment in which a program's calls to vendors go through the gateway and its certificates are trusted. */
export function prepareEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { base, proxy, hosts, trust, preload, baseUrls, scope } = options;
  const isDropped = (name: string) => OPERATOR.has(name) || (scope === 'all' && FROM_NPM.test(name));
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isDropped(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    ...(scope === 'all'
      ? { ...proxyVariables(options), ...pythonVariables(options) }
      : directVariables(options)),
    ...trust.variables,
    ...baseUrls,
    NODE_OPTIONS: appendPreload(base['NODE_OPTIONS'], preload),
    RINGFENCE_PROXY: proxy,
    RINGFENCE_HOSTS: hosts.join(','),
    RINGFENCE_CA: trust.authority,
  };
}

/** Both spellings: no standard says which, and curl for one obeys `http_proxy` in lower case only. */
function proxyVariables({ proxy, hosts, trust, base }: EnvironmentOptions): Record<string, string> {
  const gateway = new URL(proxy).hostname;
  const excluded = ownExceptions(base).filter((entry) => !coversVendor(entry, hosts));
  const exceptions = [...new Set([...LOOPBACK, gateway, ...excluded])];
  const direct = exceptions.join(',');
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    NODE_USE_ENV_PROXY: '1',
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
    JAVA_TOOL_OPTIONS: javaToolOptions({
      proxy,
      direct: exceptions,
      kept: javaExceptions(base).filter((pattern) => !coversVendor(pattern, hosts)),
      store: trust.javaStore,
      base,
    }),
  };
}

function pythonVariables({ tls, python, base }: EnvironmentOptions): Record<string, string> {
  if (tls === null) return {};
  const given = base['PYTHONPATH'] ?? '';
  // An empty entry means the working folder; `PYTHONPATH=/app:$PYTHONPATH` leaves one behind.
  const own = given === '' ? [] : given.split(delimiter).filter((folder) => folder !== python);
  return {
    PYTHONPATH: [python, ...own].join(delimiter),
    RINGFENCE_TLS: tls,
  };
}

/** Excepts vendor hosts from the program's own proxy, which would bypass the gateway. The preload redirects direct connections. */
function directVariables({ hosts, base }: EnvironmentOptions): Record<string, string> {
  const vendors = hosts.map((host) => host.replace('*', ''));
  const direct = [...ownExceptions(base), ...vendors].join(',');
  const fromNpm = Object.entries(base).filter(([name, own]) => EXCEPTIONS_FROM_NPM.test(name) && own);
  return {
    NO_PROXY: direct,
    no_proxy: direct,
    ...Object.fromEntries(fromNpm.map(([name, own]) => [name, [own, ...vendors].join(',')])),
  };
}

function ownExceptions(base: Environment): readonly string[] {
  const own = `${base['NO_PROXY'] ?? ''},${base['no_proxy'] ?? ''}`.split(/[\s,]+/);
  return own.filter((entry) => entry !== '');
}

/** True for an entry of `NO_PROXY` that would let a vendor host past the gateway: `*`, `.domain`, `domain`, `host:port`. */
function coversVendor(entry: string, hosts: readonly string[]): boolean {
  const domain = entry
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\*?\.?/, '');
  if (domain === '') return true;
  return hosts.some((host) => {
    const wildcard = host.startsWith('*.') ? host.slice(2) : null;
    return wildcard === null
      ? isWithin(host, domain)
      : isWithin(wildcard, domain) || isWithin(domain, wildcard);
  });
}

function appendPreload(options: string | undefined, preload: string): string {
  const option = `--import=${preload}`;
  if (options === undefined || options.trim() === '') return option;
  return options.split(/\s+/).includes(option) ? options : `${options} ${option}`;
}
