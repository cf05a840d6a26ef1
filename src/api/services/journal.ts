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
  /** Aborted when the client is gone, which ends the wait. */
  readonly signal: AbortSignal;
}

export interface JournalService {
  /** Throws `input_invalid` for a cursor that it did not make. */
  tail(options: JournalTail): Promise<{ readonly entries: readonly JournalEntry[]; readonly cursor: string }>;
  /**
   * The record at a point, and the later ones about the same request (outcome, settlements, a person's statement); empty
   * when there is none. `isCut`: too many records followed to search all of them, so some may be missing.
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
  /** Verifies every journal. `progress` may throw, which ends the verification with that error. */
  verify(progress?: (progress: Progress) => void): Promise<Given<'journal.verify'>>;
  /** Takes a damaged epoch out of a journal. Throws `conflict` if it is not damaged, still runs, or is not loaded into the ledger yet. */
  retire(request: Received<'journal.retire'>, actor: string): Promise<Given<'journal.retire'>>;
}
