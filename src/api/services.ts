import type { AccountTest, NewAccount } from '../custody/accounts.ts';
import type { Canaries, CanaryRecord, NewCanary } from '../custody/canaries/canaries.ts';
import type { KeyRotation, NewKey } from '../custody/key-request.ts';
import type { ResponseOptions } from '../custody/leaks/leaks.ts';
import type { LeakRecord } from '../custody/leaks/record.ts';
import type { ReportedLeak } from '../custody/leaks/state.ts';
import type { RotationRecord } from '../custody/rotation/record.ts';
import type { RotationRequest } from '../custody/rotation/rotations.ts';
import type { RekeyReport } from '../custody/sealing/rekey.ts';
import type { CreatedKey } from '../custody/virtual-keys.ts';
import type { PolicyDocument } from '../guard/policy/schema.ts';
import type { JournalRecord } from '../journal/records.ts';
import type { Progress } from '../kernel/progress.ts';
import type { Micros, Money } from '../kernel/money.ts';
import type { LedgerFilter, LedgerVerification, PriceFilter } from '../store/ports.ts';
import type {
  AccountRecord,
  AppRecord,
  BudgetRecord,
  KillRecord,
  LedgerRecord,
  PolicyRecord,
  PriceRecord,
  VirtualKeyRecord,
} from '../store/records.ts';
import type { JournalPoint } from '../kernel/point.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { Given, Received } from './contract.ts';

/**
 * What the admin API needs. Every method that changes something takes the actor last, and journals the act itself
 * before it returns.
 */
export interface AdminServices {
  readonly vendors: readonly Pick<Vendor, 'id' | 'facts' | 'custody'>[];
  /** Base URL of the apps listener, for the snippets of a new key. */
  readonly gateway: () => string;
  readonly apps: AppService;
  readonly accounts: AccountService;
  readonly keys: KeyService;
  readonly leaks: LeakService;
  readonly canaries: CanaryService;
  readonly policy: PolicyService;
  readonly budgets: BudgetService;
  readonly prices: PriceService;
  readonly kills: KillService;
  readonly ledger: LedgerService;
  readonly journal: JournalService;
  readonly system: SystemService;
}

export interface AppService {
  create(name: string, actor: string): Promise<AppRecord>;
  list(): Promise<readonly AppRecord[]>;
  /** Throws `conflict` while keys of the app are in use, unless they are to be revoked. */
  remove(
    app: Pick<AppRecord, 'id' | 'name'>,
    options: { readonly revokeKeys: boolean },
    actor: string,
  ): Promise<RemovedApp>;
}

export interface RemovedApp {
  /** Ids of keys. */
  readonly revoked: readonly string[];
  /** What still names the app, in words. */
  readonly warnings: readonly string[];
}

export interface AccountService {
  seal(request: NewAccount, actor: string): Promise<AccountRecord>;
  list(): Promise<readonly AccountRecord[]>;
  test(id: string, actor: string): Promise<AccountTest>;
  reseal(id: string, values: Readonly<Record<string, string>>, actor: string): Promise<AccountRecord>;
  /** Returns what still names the account, in words. */
  remove(account: Pick<AccountRecord, 'id' | 'name'>, actor: string): Promise<readonly string[]>;
  /** Begins a rotation or takes one up; without an API at the vendor the steps for a person. */
  rotate(request: Omit<RotationRequest, 'actor'>, actor: string): Promise<RotationStart>;
  rotation(id: string): Promise<RotationView | null>;
  rotations(): Promise<readonly RotationView[]>;
  /** Re-wraps accounts, keys and settings to the newest key of the ring that the gateway has read. */
  rekey(actor: string): Promise<Rekeyed>;
}

export interface Rekeyed extends RekeyReport {
  readonly ringKey: string;
  /** A newer key, which was added since the gateway read its ring. */
  readonly unread: string | null;
}

export interface RotationView extends RotationRecord {
  readonly state: 'running' | 'halted' | 'done' | 'rolled-back';
}

export interface RotationStart {
  readonly rotation: RotationView | null;
  readonly guide: readonly string[];
}

export interface KeyService {
  create(request: NewKey, actor: string): Promise<CreatedKey>;
  /** In order of name; `after`: id of the last one of the page before. */
  page(after: string | null, limit: number): Promise<readonly VirtualKeyRecord[]>;
  /** The key with this id, and all that bear this name. */
  find(reference: string): Promise<readonly VirtualKeyRecord[]>;
  rotate(
    id: string,
    rotation: KeyRotation,
    actor: string,
  ): Promise<CreatedKey & { readonly replaced: VirtualKeyRecord }>;
  /** Replaces the networks that it may be used from; none: any. */
  restrict(id: string, networks: readonly string[], actor: string): Promise<VirtualKeyRecord>;
  revoke(id: string, actor: string): Promise<VirtualKeyRecord>;
}

export interface LeakView extends LeakRecord {
  /** Name of the account, key or canary that it matches. */
  readonly owner: string | null;
}

export interface LeakService {
  /** Values are hashed and forgotten. */
  report(
    findings: readonly (Omit<ReportedLeak, 'value'> & { readonly value: string })[],
    actor: string,
  ): Promise<readonly LeakView[]>;
  list(): Promise<readonly LeakView[]>;
  get(id: string): Promise<LeakView>;
  respond(id: string, how: Omit<ResponseOptions, 'actor'>, actor: string): Promise<LeakReply>;
  dismiss(id: string, reason: string, actor: string): Promise<LeakView>;
}

export interface LeakReply extends RotationStart {
  readonly leak: LeakView;
}

export interface CanaryService {
  plant(request: Omit<NewCanary, 'actor'>, actor: string): ReturnType<Canaries['plant']>;
  list(): Promise<readonly CanaryRecord[]>;
  retire(id: string, actor: string): Promise<CanaryRecord>;
  remove(id: string, actor: string): Promise<void>;
}

export interface PolicyService {
  active(): Promise<PolicyRecord | null>;
  /** Throws `config_invalid` for a policy that cannot be read, `conflict` when `expected` is not the active version. */
  put(source: string, expected: number, actor: string): Promise<PolicyRecord>;
  list(): Promise<readonly PolicyRecord[]>;
  /** Reads a policy. Throws `config_invalid` or `input_invalid` that says what is wrong and where. */
  parse(source: string): PolicyDocument;
  /** Apps, keys and accounts that it names and that do not exist yet, in words. */
  warnings(document: PolicyDocument): Promise<readonly string[]>;
}

export type NewBudget = Omit<BudgetRecord, 'id' | 'createdAt'>;

export interface BudgetUse {
  /** Start of the current period, ledger ms; null when nothing was spent yet. */
  readonly period: number | null;
  readonly spent: Micros;
  readonly leased: Micros;
  readonly presumed: Micros;
  /** Limit less the three, at least 0. For sliding windows over the whole window. */
  readonly left: Micros;
}

/** What one process held of a budget when it ended with records that may be lost. */
export interface PresumedMoney {
  readonly node: string;
  readonly epoch: number;
  /** Start of the period, ledger ms. */
  readonly period: number;
  readonly amount: Micros;
}

/** What a person found out at the vendor: it was not spent. */
export interface Release {
  /** `<node>-<epoch>`; null: whichever held it. */
  readonly process: string | null;
  /** Null: all of it. */
  readonly amount: Micros | null;
  /** What is presumed, as the caller has seen it. */
  readonly presumed: Micros;
  readonly reason: string;
}

export interface BudgetService {
  /** Creates the budget, or replaces what the one of this name says, keeping its id. */
  put(budget: NewBudget, actor: string): Promise<BudgetRecord>;
  list(): Promise<readonly BudgetRecord[]>;
  uses(): Promise<readonly (BudgetRecord & { readonly use: BudgetUse })[]>;
  /** In the window that is running; oldest periods first. */
  presumed(budget: BudgetRecord): Promise<readonly PresumedMoney[]>;
  /** Returns how much was given back to the budget. Throws `conflict` for more than is presumed, or when that has changed. */
  release(budget: BudgetRecord, release: Release, actor: string): Promise<Micros>;
  remove(id: string, actor: string): Promise<boolean>;
}

export interface PriceService {
  /** Reads the rows as they are taken. Throws `input_invalid` that names the line. */
  readFile(text: string, format: 'json' | 'csv'): Iterable<PriceRecord>;
  put(rows: readonly PriceRecord[], actor: string): Promise<number>;
  list(filter: PriceFilter): Promise<readonly PriceRecord[]>;
  remove(vendor: string, kind: PriceRecord['kind'] | undefined, actor: string): Promise<number>;
}

export interface KillTarget extends Pick<AppRecord, 'id' | 'name' | 'createdAt'> {
  /** Of keys. */
  readonly state?: VirtualKeyRecord['state'];
}

/** A kill switch that is in force. */
export interface KillView extends KillRecord {
  /**
   * Where it would be found after a restart. `disk`: in a file of the gateway until the store takes it; `memory`: neither
   * store nor disk has taken it yet.
   */
  readonly kept: 'store' | 'disk' | 'memory';
}

export interface KillService {
  /** What `reference`, an id or a name, can mean in a scope, among others; known also while the store is away. */
  targets(scope: 'app' | 'account' | 'key', reference: string): Promise<readonly KillTarget[]>;
  /** Returns when the kill is in force in every data-plane process, whether the store has taken it or not. */
  put(kill: Pick<KillRecord, 'scope' | 'target' | 'reason'>, actor: string): Promise<KillView>;
  list(): Promise<readonly KillView[]>;
  /** Throws `store_unavailable`, and then it stays on. */
  lift(id: string, actor: string): Promise<boolean>;
}

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

export interface SystemService {
  status(): Promise<Given<'status.get'>>;
  ca(): Promise<Given<'ca.get'>>;
  /** Answer of the gateway to a probe nonce; null for a nonce of another form. */
  probe(nonce: string): string | null;
  metrics(): Promise<string>;
  ready(): Promise<boolean>;
}
