import { sealedIdentity, tryOpenAccount } from '../../custody/open.ts';
import type { Sealer } from '../../custody/sealing/sealer.ts';
import type { LiveAccount } from '../../gateway/parts.ts';
import { createScrubber } from '../../gateway/scrub.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { Registry } from '../../vendors/registry.ts';

export type LiveAccounts = ReadonlyMap<string, LiveAccount & { readonly identity: string }>;

/**
 * Accounts of vendors that this version does not know, and those that the key ring does not open, stay closed. Of those
 * that were open `before` only what has changed is opened again: a change of one of 1,000 would hold all requests.
 */
export function openAccounts(
  { registry, sealer }: { readonly registry: Pick<Registry, 'byId'>; readonly sealer: Sealer },
  records: readonly AccountRecord[],
  before: LiveAccounts = new Map(),
): LiveAccounts {
  const accounts = new Map<string, LiveAccount & { readonly identity: string }>();
  for (const record of records) {
    const { id, name, currency, upstream } = record;
    const vendor = registry.byId(record.vendor);
    if (vendor === null) continue;
    const identity = sealedIdentity(record);
    const known = before.get(id);
    if (known?.identity === identity) {
      accounts.set(id, { ...known, name, currency });
      continue;
    }
    const opening = tryOpenAccount(sealer, record);
    if (!opening.ok) continue;
    const open = opening.account;
    const scrubber = createScrubber(open, vendor.custody.sealedAnswerFields);
    accounts.set(id, { id, name, vendor: vendor.id, currency, upstream, open, scrubber, identity });
  }
  return accounts;
}
