import { createKeyedHash, remembering } from '../../custody/keyed-hash.ts';
import { tryOpenAccount } from '../../custody/open.ts';
import type { BudgetRecord } from '../../store/records.ts';
import type { Foundation } from '../foundation.ts';
import { createSettlement } from './settlement.ts';

/** Each turn of rows that wait meets the same senders, recipients and texts. */
const REMEMBERED_TEXTS = 10_000;

/** Settlement over the node's store, accounts, journal and way to the vendors. */
export function openSettlement(
  { store, registry, sealers, send, ring, journal, clock }: Foundation,
  budget: (id: string) => BudgetRecord | undefined,
  graceMilliseconds: number | undefined,
) {
  return createSettlement({
    ledger: store.ledger,
    settings: store.settings,
    async account(id) {
      const found = await store.accounts.get(id);
      const vendor = found === null ? null : registry.byId(found.vendor);
      if (found === null || vendor === null) return null;
      const opening = tryOpenAccount(sealers.account, found);
      return opening.ok ? { vendor, open: opening.account, upstream: found.upstream } : null;
    },
    vendor: registry.byId,
    budget,
    send,
    fingerprint: remembering(createKeyedHash(ring.derive('fingerprint')), REMEMBERED_TEXTS),
    async journal(entry) {
      journal.append(entry);
      await journal.flush();
    },
    incident: (what, detail) => void journal.append({ type: 'incident', at: clock.wall(), what, detail }),
    ...(graceMilliseconds === undefined ? {} : { graceMilliseconds }),
    now: Date.now,
    steady: () => Math.min(clock.wall(), clock.ledger()),
  });
}
