import type { Micros } from '../kernel/money.ts';
import type {
  AccountRecord,
  AppRecord,
  BudgetRecord,
  KillRecord,
  LeaseRecord,
  LedgerRecord,
  LedgerState,
  PeriodRecord,
  PolicyRecord,
  PriceRecord,
  VirtualKeyRecord,
} from './records.ts';
import type { JournalPoint } from '../kernel/point.ts';

/** What every storage engine offers. One contract suite (`test/contract/store.test.ts`) runs over all engines. */
export interface Store {
  readonly apps: Collection<AppRecord>;
  readonly accounts: Collection<AccountRecord>;
  readonly keys: KeyStore;
  readonly policies: PolicyStore;
  readonly budgets: Collection<BudgetRecord>;
  readonly prices: PriceStore;
  readonly kills: Collection<KillRecord>;
  readonly ledger: LedgerStore;
  readonly leases: LeaseStore;
  readonly settings: SettingStore;
  close(): Promise<void>;
}

/** Named things of the control plane. Writing an existing id replaces it; a duplicate name is a `conflict`. */
export interface Collection<T extends { readonly id: string }> {
  put(record: T): Promise<void>;
  get(id: string): Promise<T | null>;
  list(): Promise<readonly T[]>;
  remove(id: string): Promise<boolean>;
}

export interface KeyStore extends Collection<VirtualKeyRecord> {
  /** Pages through all keys in order of id, for loading data-plane processes. */
  page(after: string, limit: number): Promise<readonly VirtualKeyRecord[]>;
  /** Pages through all keys in order of name; `after`: id of the last one of the page before, null for the first page. */
  pageByName(after: string | null, limit: number): Promise<readonly VirtualKeyRecord[]>;
  /** The key with this id and all that bear this name, also dead ones: a few, however many keys there are. */
  find(reference: string): Promise<readonly VirtualKeyRecord[]>;
  touch(uses: ReadonlyMap<string, number>): Promise<void>;
}

export interface PolicyStore {
  active(): Promise<PolicyRecord | null>;
  /** Appends a version and makes it active. Fails with `conflict` when `expected` is not the active version (0: none). */
  put(policy: Omit<PolicyRecord, 'version'>, expected: number): Promise<PolicyRecord>;
  list(): Promise<readonly PolicyRecord[]>;
}

export interface PriceFilter {
  readonly limit: number;
  readonly vendor?: string | undefined;
  readonly item?: string | undefined;
  /** Rows whose prefix begins so. */
  readonly prefix?: string | undefined;
}

export interface PriceStore {
  /** Adds rows, or replaces those with the same vendor, account, item, prefix and `from`. Returns the count. */
  put(rows: readonly PriceRecord[]): Promise<number>;
  /** The first of those that fit, in order of vendor, account, item, prefix and `from`. */
  list(filter: PriceFilter): Promise<readonly PriceRecord[]>;
  /** Pages through all rows in this order, for loading data-plane processes; `after`: last row of the page before. */
  page(after: PriceRecord | null, limit: number): Promise<readonly PriceRecord[]>;
  /** Of the rows of a vendor that hold for every account. */
  currencies(vendor: string): Promise<readonly string[]>;
  remove(vendor: string, kind?: PriceRecord['kind']): Promise<number>;
}

/** Small durable facts: hash of the admin token, sealed CA key, high water of the ledger clock. */
export interface SettingStore {
  get(name: string): Promise<string | null>;
  /** Those that there are of some, by one query. */
  some(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  put(name: string, value: string): Promise<void>;
}

/** A later record about a ledger row: what became of it. */
export interface LedgerOutcome {
  readonly of: JournalPoint;
  readonly state: Exclude<LedgerState, 'reserved'>;
  readonly amount: Micros;
  readonly settled: boolean;
  /** No price will ever be known: the bound is the last word. */
  readonly atBound?: boolean;
  /** What stands against each reserve of the row now, in their order, in micros. Empty unless `committed`. */
  readonly spent: readonly Micros[];
  /** Added to those that the row has. */
  readonly resourceIds: readonly string[];
  /** Position of this record in the journal that carries it, so that overlapping batches can be trimmed. */
  readonly position?: number;
}

/** Consecutive journal records of one process, reduced to what touches money. */
export interface LedgerBatch {
  readonly node: string;
  readonly epoch: number;
  /** Positions `from` (inclusive) to `to` (exclusive) are covered, including records without money. */
  readonly from: number;
  readonly to: number;
  /** Chain hash after `to - 1`, hex: anchors the journal against truncation. */
  readonly head: string;
  readonly rows: readonly LedgerRecord[];
  readonly outcomes: readonly LedgerOutcome[];
}

export interface Cursor {
  readonly epoch: number;
  /** Next position to load. */
  readonly position: number;
  readonly head: string;
}

/** Which rows: the newest `limit` of those that fit all that is given. */
export interface LedgerFilter {
  readonly limit: number;
  readonly key?: string;
  readonly app?: string;
  /** These two have no index: they narrow a state of which there are few rows. */
  readonly account?: string;
  readonly action?: string;
  readonly state?: LedgerState;
  /** Older than this row. */
  readonly before?: JournalPoint;
}

export interface LedgerStore {
  /** Next position to load per epoch of a node, ascending; 0 for an epoch that has leases but no record yet. */
  cursors(node: string): Promise<readonly Cursor[]>;
  /** As `cursors`, of epochs whose leases were closed as presumed: what they hold beyond may turn up. */
  givenUp(node: string): Promise<readonly Cursor[]>;
  /** Chain heads of earlier loads, ascending: the last of each epoch and about one per 1,000 records. */
  heads(node: string): Promise<readonly Cursor[]>;
  /**
   * Loads a batch in one transaction and moves the lease and period sums with it. Loading it twice changes
   * nothing; a gap (`from` beyond the cursor), another head at a known position or the outcome of a row that
   * was never loaded is a `verify_failed`. Reserves of new rows come out of the lease of (budget, period, node,
   * epoch); differences of outcomes go back into it while it is open, else to the budget. An outcome of another
   * journal's row acts like `settle`.
   */
  load(batch: LedgerBatch): Promise<void>;
  /**
   * Changes a row from outside its journal (late price, looked-up outcome). The difference goes to the budget.
   * Idempotent. `not_found` without such a row, `conflict` while its own process has not reported an outcome.
   */
  settle(outcome: LedgerOutcome): Promise<void>;
  /**
   * Accepted rows without final price (`late`) or rows without known outcome, in the order in which they were
   * loaded; those after the row `after`, so that rows which stay do not hide newer ones.
   */
  pending(
    kind: 'late' | 'unknown',
    limit: number,
    after?: JournalPoint | null,
  ): Promise<readonly LedgerRecord[]>;
  get(point: JournalPoint): Promise<LedgerRecord | null>;
  list(filter: LedgerFilter): Promise<readonly LedgerRecord[]>;
  /** True when some ledger row of `account` already holds this resource id. */
  hasResource(account: string, resourceId: string): Promise<boolean>;
  /** Sum of amounts by currency and state, as the rows stand: nothing is judged. */
  totals(): Promise<LedgerVerification['totals']>;
  /** Recomputes every period from rows and leases; names each contradiction. */
  verify(): Promise<LedgerVerification>;
}

export interface LedgerVerification {
  readonly rows: number;
  readonly periods: number;
  readonly problems: readonly string[];
  /** Sum of amounts by currency and state. */
  readonly totals: readonly {
    readonly currency: string;
    readonly state: LedgerState;
    readonly amount: Micros;
    readonly rows: number;
  }[];
}

export interface GrantRequest {
  readonly budget: string;
  readonly period: number;
  /** Periods from this start (ledger ms) on count against the limit (sliding windows have several). */
  readonly since: number;
  readonly limit: Micros;
  readonly node: string;
  readonly epoch: number;
  /** Grant nothing when not even this fits. */
  readonly need: Micros;
  readonly want: Micros;
  /** Next positions of journals as they were loaded: a store that lacks some of it does not know what is left. */
  readonly loaded?: readonly JournalPoint[];
}

export interface PeriodTotals extends Pick<PeriodRecord, 'spent' | 'leased' | 'presumed'> {
  /** How many they are. */
  readonly periods: number;
}

export interface LeaseStore {
  /**
   * One atomic step: adds at most `want`, at least `need`, to the lease of (budget, period, node, epoch). 0 when
   * `need` does not fit; `left` is the room that remains. `conflict` for a process whose leases were closed, and
   * where a journal is not `loaded` so far.
   */
  grant(request: GrantRequest): Promise<{ readonly granted: Micros; readonly left: Micros }>;
  /**
   * Takes unused money back from a lease; the holder has already stopped using it. Its journal must be loaded as far
   * as it was written at that moment, because savings that the holder counted may stand in records not yet loaded:
   * `position` (the holder's next position then) makes the store insist on it. `conflict` until it is loaded to
   * there, and when the lease holds less than `amount`.
   */
  giveBack(
    lease: Pick<LeaseRecord, 'budget' | 'period' | 'node' | 'epoch'>,
    amount: Micros,
    position?: number,
  ): Promise<void>;
  /**
   * Ends all leases of a dead process whose journal is loaded to the end, and turns its `reserved` rows into `unknown`.
   * `presume` counts what is left as spent (records may be lost), `free` returns it.
   */
  close(node: string, epoch: number, rest: 'free' | 'presume'): Promise<void>;
  open(): Promise<readonly LeaseRecord[]>;
  periods(budget: string, since: number): Promise<readonly PeriodRecord[]>;
  /** What the periods of budgets since a time sum to, in the order in which it is asked: one query for all. */
  sums(
    asked: readonly { readonly budget: string; readonly since: number }[],
  ): Promise<readonly PeriodTotals[]>;
  /** Money of a budget that is presumed spent, in periods since a time; oldest periods first. */
  presumed(budget: string, since: number): Promise<readonly LeaseRecord[]>;
  /**
   * Gives presumed money of a period back after reconciliation with the vendor; with `holder` only what that one held.
   * `conflict` when less is presumed.
   */
  forgive(
    budget: string,
    period: number,
    amount: Micros,
    holder?: Pick<LeaseRecord, 'node' | 'epoch'>,
  ): Promise<void>;
}
