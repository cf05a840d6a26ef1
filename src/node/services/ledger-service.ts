import type { LedgerService, LedgerStatement, UnknownOutcome } from '../../api/services/ledger.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { firstPages } from '../../store/pages.ts';
import type { Store } from '../../store/ports.ts';
import type { AccountRecord, LedgerRecord } from '../../store/records.ts';
import { pointId, type JournalPoint } from '../../kernel/point.ts';
import type { Primary } from '../primary.ts';
import { bookStatement, checkStatement } from '../settlement/by-hand.ts';
import type { Settlement } from '../settlement/settlement.ts';

/** Name of the act in the journal. */
export const SETTLED_BY_HAND = 'ledger.settle';

export interface LedgerServiceParts {
  readonly store: {
    readonly ledger: Pick<Store['ledger'], 'list' | 'totals' | 'verify' | 'pending' | 'get' | 'hasResource'>;
    readonly accounts: Pick<Store['accounts'], 'list'>;
  };
  readonly settlement: Pick<Settlement, 'booking' | 'withRow' | 'prospect'>;
  readonly record: Primary['record'];
}

/** What was spent, as the store has it. */
export function createLedgerService(parts: LedgerServiceParts): LedgerService {
  const { store, settlement, record } = parts;
  const { ledger, accounts } = store;

  async function rowAt(point: JournalPoint): Promise<LedgerRecord> {
    const row = await ledger.get(point);
    if (row === null) throw new RingfenceError('not_found', `There is no ledger row ${pointId(point)}.`);
    return row;
  }

  return {
    list: (options) =>
      firstPages(options.limit, (limit, last) =>
        ledger.list({ ...options, limit, ...(last === undefined ? {} : { before: last }) }),
      ),
    totals: () => ledger.totals(),
    verify: () => ledger.verify(),
    async unknown(limit) {
      const byId = new Map((await accounts.list()).map((account) => [account.id, account]));
      return firstPages<UnknownOutcome>(limit, async (most, last) => {
        const rows = await ledger.pending('unknown', most, last);
        return Promise.all(
          rows.map(async (row) => ({ ...row, ...(await searchFor(row, byId.get(row.account), settlement)) })),
        );
      });
    },
    settle: (point: JournalPoint, statement: LedgerStatement, actor: string) =>
      settlement.withRow(point, async () => {
        const row = await rowAt(point);
        await checkStatement(row, statement, ledger);
        await record({ actor, act: SETTLED_BY_HAND, target: pointId(point), detail: { ...statement } });
        await bookStatement(row, statement, settlement.booking);
        return rowAt(point);
      }),
  };
}

/** Can the vendor still be asked what became of the row? As settlement asks. */
async function searchFor(
  row: LedgerRecord,
  account: AccountRecord | undefined,
  settlement: LedgerServiceParts['settlement'],
): Promise<Pick<UnknownOutcome, 'search' | 'nextLook' | 'absentFrom'>> {
  const found = account === undefined ? null : await settlement.prospect(row, account.fields);
  if (found !== null) return { search: 'ongoing', ...found };
  return { search: account === undefined ? 'account-gone' : 'not-listed', nextLook: null, absentFrom: null };
}
