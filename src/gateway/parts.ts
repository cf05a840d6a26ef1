import type { CanaryUse } from '../custody/canaries/canaries.ts';
import type { KeyTable } from '../custody/key-table.ts';
import type { Budgets } from '../guard/budgets/budgets.ts';
import type { KillSwitch } from '../guard/kill-switch.ts';
import type { Limits } from '../guard/limits/limits.ts';
import type { Policy } from '../guard/policy/policy.ts';
import type { PriceBook } from '../guard/prices/price-book.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { OpenAccount } from '../vendors/custody-adapter.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { Counters } from './counters.ts';
import type { Scrubber } from './scrub.ts';
import type { AnswerRoom } from './answer-room.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import type { Upstream } from './upstream.ts';

/**
 * Everything that the steps of the pipeline share: of each neighbour the part that they use. It answers by what is in
 * force now; `node/data-plane/data-plane.ts` wires it.
 */
export interface PipelineParts {
  readonly clock: Clock;
  readonly plan: NumberingPlan;
  readonly keys: KeyTable;
  readonly accounts: { get(id: string): LiveAccount | undefined };
  readonly kills: KillSwitch;
  readonly policy: Pick<Policy, 'decide'>;
  readonly limits: Pick<Limits, 'admit'>;
  readonly prices: Pick<PriceBook, 'bound'>;
  readonly budgets: Pick<Budgets, 'reserve' | 'commit' | 'release'>;
  readonly journal: Pick<Journal, 'node' | 'epoch' | 'accepts' | 'append' | 'onDurable'>;
  readonly upstream: Upstream;
  readonly counters: Counters;
  /** Called for a request without a usable key. The answer does not depend on it. */
  readonly onUnusableKey: (request: WireRequest, use: CanaryUse) => void;
  readonly endOfTurn: EndOfTurn;
  readonly answers: Omit<AnswerRoom, 'keep'>;
  /** Keyed fingerprint of a number or text. */
  readonly fingerprint: (text: string) => string;
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
