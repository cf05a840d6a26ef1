import type { JournalRecord } from '../../journal/records.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import type { Progress } from '../../kernel/progress.ts';
import type { Given, Received } from '../contract.ts';

export interface JournalEntry extends JournalPoint {
  readonly record: JournalRecord;
}

export interface JournalTail {
  /** From an earlier answer; null: the latest `limit` records. Opaque to the API. */
  readonly cursor: string | null;
  readonly limit: number;
  /** Milliseconds to wait for the first record. */
  readonly wait: number;
  /** Ends the wait when the client is gone. */
  readonly signal: AbortSignal;
}

export interface JournalService {
  /** Throws `input_invalid` for a cursor that it did not make. */
  tail(options: JournalTail): Promise<{ readonly entries: readonly JournalEntry[]; readonly cursor: string }>;
  /**
   * The record at a point and what followed it (outcome, settlements, by whose hand); empty when there is none. `isCut`: so
   * many records came after it that not all were looked at.
   */
  show(point: JournalPoint): Promise<{ readonly entries: readonly JournalEntry[]; readonly isCut: boolean }>;
  /**
   * Records with `at` in [since, until), wall ms, node by node. Those that cannot be trusted are left out; then
   * `verify_failed` is thrown at the end.
   */
  export(range: {
    readonly since: number | null;
    readonly until: number | null;
  }): AsyncIterable<JournalEntry>;
  /** `progress` may throw, which ends it. */
  verify(progress?: (progress: Progress) => void): Promise<Given<'journal.verify'>>;
  /** Throws `conflict` for what is not damaged, has not ended, or is not dealt with in the ledger. */
  retire(request: Received<'journal.retire'>, actor: string): Promise<Given<'journal.retire'>>;
}
