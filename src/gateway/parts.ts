import type { Clock } from '../kernel/clock.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { CanaryUse } from '../custody/canaries/canaries.ts';
import type { KeyTable } from '../custody/key-table.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { Counters } from './counters.ts';
import type {
  AccountsPort,
  BudgetsPort,
  JournalPort,
  KillPort,
  LimitsPort,
  PolicyPort,
  PricesPort,
} from './ports.ts';
import type { Together } from './together.ts';
import type { Upstream } from './upstream.ts';

/** Everything that the steps of the pipeline share. The getters answer what is in force now. */
export interface PipelineParts {
  readonly clock: Clock;
  readonly plan: NumberingPlan;
  readonly keys: KeyTable;
  readonly accounts: AccountsPort;
  readonly kills: KillPort;
  readonly policy: PolicyPort;
  readonly limits: LimitsPort;
  readonly prices: PricesPort;
  readonly budgets: BudgetsPort;
  readonly journal: JournalPort;
  readonly upstream: Upstream;
  readonly counters: Counters;
  /** Told of a request without a key that may be used. The answer does not depend on it. */
  readonly onStranger: (request: WireRequest, use: CanaryUse) => void;
  readonly together: Together;
  /** Keyed fingerprint of a number or text. */
  readonly fingerprint: (text: string) => string;
}
