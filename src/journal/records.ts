import type { Action, Channel } from '../intent/intent.ts';
import type { Currency, Micros } from '../kernel/money.ts';
import type { LedgerState, Reserve } from '../store/records.ts';
import type { JournalPoint } from '../kernel/point.ts';

/** First record of a life of a process: what came before, and whether the machine went down in between. */
export interface OpenRecord {
  readonly type: 'open';
  readonly at: number;
  readonly node: string;
  readonly epoch: number;
  /** Chain hash of the previous epoch's last record; empty for the first. */
  readonly previous: string;
  readonly boot: string;
  readonly version: string;
}

/** Who and what: shared by intents and refusals. Numbers are masked, texts are keyed fingerprints. */
export interface RequestFacts {
  readonly at: number;
  readonly key: string;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  readonly operation: string;
  readonly action: Action;
  readonly channel: Channel | null;
  readonly to: readonly string[];
  readonly country: string | null;
  readonly from: string | null;
  readonly segments: number;
  /** Address of the caller. */
  readonly network: string;
}

/** Written before the request leaves. */
export interface IntentRecord extends RequestFacts {
  readonly type: 'intent';
  /** Rule that allowed it. */
  readonly rule: string;
  /** Null when the request cannot cost anything. */
  readonly bound: Micros | null;
  readonly currency: Currency | null;
  readonly reserves: readonly Reserve[];
  readonly fingerprints: readonly string[];
  /** In observe mode: the code and rule that would have refused it. */
  readonly observed?: string;
}

export interface RefusalRecord extends RequestFacts {
  readonly type: 'refusal';
  readonly code: string;
  readonly rule: string;
  readonly message: string;
}

/** Follows an intent. A missing one means: outcome unknown. */
export interface OutcomeRecord {
  readonly type: 'outcome';
  readonly at: number;
  /** Position of the intent in the same epoch. */
  readonly of: number;
  readonly status: number;
  /** True when the intent had a bound: it has a row in the ledger. */
  readonly costs: boolean;
  readonly state: Exclude<LedgerState, 'reserved'>;
  readonly amount: Micros;
  readonly settled: boolean;
  /** What stands against each budget now, in the order of the intent's reserves; empty unless `committed`. */
  readonly spent: readonly Micros[];
  readonly resourceIds: readonly string[];
}

/** A price or outcome learned later. */
export interface SettlementRecord {
  readonly type: 'settlement';
  readonly at: number;
  readonly of: JournalPoint;
  readonly state: Exclude<LedgerState, 'reserved'>;
  readonly amount: Micros;
  /** The bound is the last word: nobody stated a price, or not in this currency. */
  readonly atBound?: boolean;
}

/** An administrative act. `detail` holds names and ids, never a secret. */
export interface AdminRecord {
  readonly type: 'admin';
  readonly at: number;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The act itself, before it is journaled. */
export type AdminAct = Omit<AdminRecord, 'type' | 'at'>;

/** Something the operator must know: budget overrun, clock step, lost process. */
export interface IncidentRecord {
  readonly type: 'incident';
  readonly at: number;
  readonly what: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Signed head of the chain. */
export interface CheckpointRecord {
  readonly type: 'checkpoint';
  readonly at: number;
  /** Chain hash of the record before this one, hex, and its Ed25519 signature, base64url. */
  readonly head: string;
  readonly signature: string;
}

export interface CloseRecord {
  readonly type: 'close';
  readonly at: number;
}

export type JournalRecord =
  | OpenRecord
  | IntentRecord
  | RefusalRecord
  | OutcomeRecord
  | SettlementRecord
  | AdminRecord
  | IncidentRecord
  | CheckpointRecord
  | CloseRecord;
