import { RingfenceError } from '../kernel/errors.ts';

const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** Domains that cover registered hosts: `api.acme.example` for itself, `cloud.acme.example` for `*.cloud.acme.example`. Sorted. */
export function domainsOf(hosts: readonly string[]): readonly string[] {
  const domains = hosts.map((host) => host.toLowerCase().replace(/^\*\./, ''));
  for (const domain of domains) {
    if (isDomain(domain)) continue;
    throw new RingfenceError(
      'config_invalid',
      `${JSON.stringify(domain.slice(0, 80))} is not a DNS name of a vendor.`,
    );
  }
  const unique = [...new Set(domains)];
  return unique.filter((one) => !unique.some((other) => one !== other && isWithin(one, other))).toSorted();
}

/** True for a DNS name in lower case that a certificate can vouch for: at least two labels, no address. */
export function isDomain(name: string): boolean {
  return DOMAIN.test(name);
}

/** True when `host` is the domain or below it. `*.domain` is below. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** The registered host that `name` belongs to: itself, or `*.` and all but its first label. Null: not registered. */
export function registeredHost(name: string, hosts: ReadonlySet<string>): string | null {
  const host = name.toLowerCase();
  if (host.startsWith('*')) return null;
  if (hosts.has(host)) return host;
  const wildcard = `*${host.slice(host.indexOf('.'))}`;
  return host.includes('.') && !host.startsWith('.') && hosts.has(wildcard) ? wildcard : null;
}
