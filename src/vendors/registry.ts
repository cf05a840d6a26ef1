import type { Vendor } from './vendor.ts';

/** Finds the vendor that a host belongs to. */
export interface Registry {
  readonly vendors: readonly Vendor[];
  /** All host patterns: exact names and `*.suffix` for one label. */
  readonly hosts: readonly string[];
  /** The vendor of a host in lower case, or null: not registered. */
  find(host: string): Vendor | null;
  byId(id: string): Vendor | null;
}

/** Indexes vendors by id and by the hosts that they own. */
export function createRegistry(vendors: readonly Vendor[]): Registry {
  const byHost = new Map<string, Vendor>();
  const byId = new Map(vendors.map((vendor) => [vendor.id, vendor]));
  for (const vendor of vendors) for (const host of vendor.facts.hosts) byHost.set(host, vendor);
  return Object.freeze({
    vendors,
    hosts: [...byHost.keys()],
    find(host: string) {
      const exact = byHost.get(host);
      if (exact !== undefined) return exact;
      const dot = host.indexOf('.');
      if (dot < 1) return null;
      const suffix = byHost.get(`*${host.slice(dot)}`);
      if (suffix !== undefined) return suffix;
      const second = host.indexOf('.', dot + 1);
      return second === -1 ? null : (byHost.get(`*.*${host.slice(second)}`) ?? null);
    },
    byId: (id: string) => byId.get(id) ?? null,
  });
}
