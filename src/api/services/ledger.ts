import type { Money } from '../../kernel/money.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import type { LedgerFilter, LedgerVerification } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';

/** A request that the vendor may have taken: its answer was lost. Its budgets keep its bound. */
export interface UnknownOutcome extends LedgerRecord {
  /** Whether the gateway still searches the vendor's records. It cannot when the vendor does not list them, or the account is gone. */
  readonly search: 'ongoing' | 'not-listed' | 'account-gone';
  /** Time of the next search, wall ms; null unless `ongoing`. */
  readonly nextLook: number | null;
  /** Wall ms from when on a missing record at the vendor proves that nothing was sent; null: it never does. */
  readonly absentFrom: number | null;
}

/** What a person found out about a request at the vendor. */
export interface LedgerStatement {
  readonly outcome: 'priced' | 'at-bound' | 'not-sent';
  /** Null unless `priced`. */
  readonly cost: Money | null;
  /** Id that the vendor gave to what the request made; null: not stated. */
  readonly resource: string | null;
  readonly reason: string;
}

export interface LedgerService {
  list(filter: LedgerFilter): Promise<readonly LedgerRecord[]>;
  totals(): Promise<LedgerVerification['totals']>;
  verify(): Promise<LedgerVerification>;
  /** At most `limit` unknown outcomes, in the order in which they were loaded into the ledger. */
  unknown(limit: number): Promise<readonly UnknownOutcome[]>;
  /** Records the statement. Throws `not_found`; `conflict` when the vendor has already told the outcome or the request is under way. */
  settle(point: JournalPoint, statement: LedgerStatement, actor: string): Promise<LedgerRecord>;
}
