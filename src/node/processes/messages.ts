import type { CanaryUse } from '../../custody/canaries/canaries.ts';
import type { KeyRingSource } from '../../custody/sealing/key-ring-source.ts';
import type { GrantAnswer, GrantAsk } from '../../guard/budgets/slice.ts';
import type { PermitAsk, PermitPool, PermitReturn } from '../../guard/limits/permit.ts';
import type { PolicyDocument } from '../../guard/policy/schema.ts';
import type { Usage } from '../../guard/limits/rate.ts';
import type { JournalState } from '../../journal/options.ts';
import type { Micros } from '../../kernel/money.ts';
import type {
  AccountRecord,
  AppRecord,
  BudgetRecord,
  KillRecord,
  PriceRecord,
  VirtualKeyRecord,
} from '../../store/records.ts';
import type { Config } from '../../config/config.ts';

/** What a data-plane process is given when it starts. Secrets travel sealed; it opens them with the same key ring. */
export interface StartOrder {
  readonly type: 'start';
  readonly node: string;
  readonly config: Config;
  readonly boot: string;
  readonly version: string;
  readonly keyRing: KeyRingSource;
  readonly checkpointKey: string;
  readonly authorityKey: string;
  /** Ledger time of the node, and the uptime of the machine then, in milliseconds. */
  readonly ledgerTime: number;
  readonly orderedAt: number;
  /** The last epoch of the node that the store knows. */
  readonly afterEpoch: number;
}

/** One part of what is in force. Parts replace each other; keys and prices come in pages. */
export type Part =
  /** `certificate`: as the settings hold it; `hosts`: registered patterns, with those of accounts that run their own. */
  | { readonly kind: 'trust'; readonly certificate: string; readonly hosts: readonly string[] }
  | { readonly kind: 'apps'; readonly all: readonly AppRecord[] }
  | { readonly kind: 'keys'; readonly put: readonly VirtualKeyRecord[] }
  | { readonly kind: 'accounts'; readonly all: readonly AccountRecord[] }
  | { readonly kind: 'policy'; readonly document: PolicyDocument | null }
  | { readonly kind: 'budgets'; readonly all: readonly BudgetRecord[] }
  | PricePage
  | { readonly kind: 'kills'; readonly all: readonly KillRecord[] }
  | { readonly kind: 'canaries'; readonly all: readonly { readonly id: string; readonly index: string }[] };

/** A page of the price book `book`, which is in force as a whole once the last page is there. */
export interface PricePage {
  readonly kind: 'prices';
  readonly book: bigint;
  /** 0, 1, 2 … */
  readonly number: number;
  readonly rows: readonly PriceRecord[];
  readonly isLast: boolean;
}

export type ToWorker =
  | StartOrder
  | { readonly type: 'update'; readonly id: number; readonly part: Part }
  | { readonly type: 'listen'; readonly id: number }
  | { readonly type: 'granted'; readonly id: number; readonly answer: GrantAnswer | null }
  | { readonly type: 'recall'; readonly id: number; readonly budget: string; readonly period: number }
  | { readonly type: 'permits-granted'; readonly id: number; readonly count: number }
  | { readonly type: 'recall-permits'; readonly id: number; readonly pool: PermitPool }
  | { readonly type: 'usage'; readonly usage: readonly Usage[] }
  | { readonly type: 'report'; readonly id: number }
  | { readonly type: 'stop' };

export type ToPrimary =
  | { readonly type: 'started'; readonly epoch: number }
  | { readonly type: 'done'; readonly id: number; readonly problem: string | null }
  | { readonly type: 'grant'; readonly id: number; readonly ask: GrantAsk }
  | {
      readonly type: 'give-back';
      readonly budget: string;
      readonly period: number;
      readonly amount: Micros;
      readonly position: number;
    }
  | { readonly type: 'recalled'; readonly id: number; readonly amount: Micros; readonly position: number }
  | { readonly type: 'ask-permits'; readonly id: number; readonly ask: PermitAsk }
  | { readonly type: 'permits-back'; readonly given: readonly PermitReturn[] }
  | { readonly type: 'permits-recalled'; readonly id: number; readonly count: number }
  | { readonly type: 'usage'; readonly usage: readonly Usage[] }
  | KeyUsesMessage
  | CanaryMessage
  | { readonly type: 'report'; readonly id: number; readonly report: WorkerReport };

/** When keys were last used, in wall ms; without those that were not used since the last message. */
export interface KeyUsesMessage {
  readonly type: 'key-uses';
  readonly uses: ReadonlyMap<string, number>;
}

/** Somebody has used a canary, `count` times since the last message about it. */
export interface CanaryMessage {
  readonly type: 'canary';
  readonly canary: string;
  readonly use: CanaryUse;
  readonly count: number;
}

export interface WorkerReport {
  readonly journal: JournalState;
  /** Records of its epoch so far. */
  readonly records: number;
  readonly requests: number;
  readonly forwarded: number;
  readonly unknownOutcomes: number;
  readonly malformed: number;
  readonly refusals: readonly (readonly [code: string, count: number])[];
  /** Answers 401 of vendors by account. */
  readonly unauthorized: readonly (readonly [account: string, count: number])[];
  readonly ledgerTime: number;
  readonly residentBytes: number;
}

/** Exit codes of a data-plane process that the primary must understand. */
export const EXIT_JOURNAL_FAILED = 75;
