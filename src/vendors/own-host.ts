import type { Vendor } from './vendor.ts';

/**
 * The vendor at a host of the customer's own, which an account names: the same operations under another host name. The adapter
 * must confine each key to the host of its account (`checkAccount`). Null: the vendor cannot be self-hosted.
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
