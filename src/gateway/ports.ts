import type { Refused, Step } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Micros, Money } from '../kernel/money.ts';
import type { Bound, Subject } from '../guard/subject.ts';
import type { JournalRecord } from '../journal/records.ts';
import type { Reserve } from '../store/records.ts';
import type { OpenAccount } from '../vendors/custody-adapter.ts';
import type { Scrubber } from './scrub.ts';

/** What the pipeline needs from its neighbours; `node/data-plane/data-plane.ts` wires it. */
export interface PolicyPort {
  decide(subject: Subject, intent: Intent, bound: Bound | null, now: number): PolicyAnswer;
}

export type PolicyAnswer =
  | {
      readonly ok: true;
      readonly rule: string;
      readonly callSeconds: number;
      readonly observed: string | null;
      readonly isObserving: boolean;
    }
  | Refused;

export interface LimitsPort {
  admit(subject: Subject, intent: Intent): Step<Admission> | Promise<Step<Admission>>;
}

export interface Admission {
  release(): void;
}

export interface PricesPort {
  /** Null when the intent cannot cost anything. */
  bound(intent: Intent, subject: Subject, callSeconds: number, now: number): Step<Bound | null>;
}

export interface Reservation {
  readonly reserves: readonly Reserve[];
}

export interface BudgetsPort {
  reserve(subject: Subject, intent: Intent, bound: Bound): Step<Reservation> | Promise<Step<Reservation>>;
  /** What stands against each budget of the reservation once the cost is known; null: it stays at the bound. */
  commit(reservation: Reservation, cost: Money | null): readonly Micros[];
  release(reservation: Reservation): void;
}

export interface KillPort {
  check(subject: Subject, intent: Intent): Refused | null;
}

export interface JournalPort {
  readonly node: string;
  readonly epoch: number;
  /** False when no new spending may be recorded (disk full, sync error). */
  accepts(): boolean;
  /** Appends and returns the position; `onWritten` runs once a kill of the process cannot lose it. */
  append(record: JournalRecord, onWritten?: (error: Error | null) => void): number;
  /** Runs once a power cut cannot lose the record at `position`. */
  onDurable(position: number, done: (error: Error | null) => void): void;
}

/** A vendor account opened for this process. */
export interface LiveAccount {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly currency: string;
  readonly upstream: string | null;
  readonly open: OpenAccount;
  readonly scrubber: Scrubber;
}

export interface AccountsPort {
  get(id: string): LiveAccount | undefined;
}
