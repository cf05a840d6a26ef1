import type { Money } from '../../kernel/money.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import type { LedgerFilter, LedgerVerification } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';

/** A request that the vendor may have taken: its answer was lost. Its budgets keep its bound. */
export interface UnknownOutcome extends LedgerRecord {
  /** Is it looked for among the vendor's records? Not where the vendor does not list such, nor without its account. */
  readonly search: 'ongoing' | 'not-listed' | 'account-gone';
  /** When it is looked for next, in wall ms; null unless `ongoing`. */
  readonly nextLook: number | null;
  /** When no record at the vendor begins to mean that nothing was sent; null: it never does. */
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
  /** Those that were loaded first come first. */
  unknown(limit: number): Promise<readonly UnknownOutcome[]>;
  /** Throws `not_found`; `conflict` where the vendor has said it, or the request is under way. */
  settle(point: JournalPoint, statement: LedgerStatement, actor: string): Promise<LedgerRecord>;
}
