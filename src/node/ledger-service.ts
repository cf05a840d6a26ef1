import type { LedgerService, UnknownOutcome } from '../api/services.ts';
import type { Action } from '../intent/intent.ts';
import type { Store } from '../store/ports.ts';
import type { AccountRecord, LedgerRecord } from '../store/records.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { windowOf } from './settlement/records.ts';

export interface LedgerServiceParts {
  readonly store: {
    readonly ledger: Pick<Store['ledger'], 'list' | 'verify' | 'pending'>;
    readonly accounts: Pick<Store['accounts'], 'list'>;
  };
  readonly registry: { byId(id: string): Vendor | null };
}

/** What was spent, as the store has it. */
export function createLedgerService({ store, registry }: LedgerServiceParts): LedgerService {
  const { ledger, accounts } = store;
  return {
    list: (options) => ledger.list(options),
    totals: async () => (await ledger.verify()).totals,
    verify: () => ledger.verify(),
    async unknown(limit) {
      const rows = await ledger.pending('unknown', limit);
      const byId = new Map((await accounts.list()).map((account) => [account.id, account]));
      return rows.map((row) => ({ ...row, search: searchOf(row, byId.get(row.account), registry) }));
    },
  };
}

/** Can the vendor still be asked what became of the row? As settlement does (`settlement/unknown.ts`). */
function searchOf(
  row: LedgerRecord,
  account: AccountRecord | undefined,
  registry: LedgerServiceParts['registry'],
): UnknownOutcome['search'] {
  if (account === undefined) return 'account-gone';
  const lookup = registry.byId(account.vendor)?.lookup ?? null;
  const request = lookup?.list(row.action as Action, windowOf([row]), account.fields) ?? null;
  return request === null ? 'not-listed' : 'ongoing';
}
