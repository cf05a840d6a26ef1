import type { Vendor } from './vendor.ts';

/**
 * The vendor as it is at a host that an account names as its own: the same operations, whatever the host is called.
 * Its adapter must keep each key to the host of its account (`checkAccount`). Null: the vendor is nowhere but at its
 * registered hosts.
 */
export function atOwnHost(vendor: Vendor): Vendor | null {
  const { ownHost } = vendor.facts;
  if (ownHost === undefined) return null;
  const { rows, match } = vendor.operations;
  return Object.freeze({
    ...vendor,
    operations: Object.freeze({
      rows,
      match: (method: string, _host: string, segments: readonly string[]) => match(method, ownHost, segments),
    }),
  });
}
