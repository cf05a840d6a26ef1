import type { Intent } from '../intent/intent.ts';
import { ZERO, type Money, type Micros } from '../kernel/money.ts';
import type { Settlement } from '../intent/settlement.ts';
import type { LedgerState } from '../store/records.ts';
import type { AppRequest } from './app-request.ts';
import type { PermittedRequest } from './decide.ts';
import type { Outcome } from './forward.ts';
import type { PipelineParts } from './parts.ts';

export interface Settled {
  readonly costs: boolean;
  readonly state: Exclude<LedgerState, 'reserved'>;
  readonly amount: Micros;
  /** True when the amount is the vendor's last word. */
  readonly isFinal: boolean;
  /** What each budget was charged, in the order of the reservation; empty unless `committed`. */
  readonly spent: readonly Micros[];
  readonly resourceIds: readonly string[];
}

const REJECTED: Settlement = { outcome: 'rejected', cost: null, resourceIds: [] };
const UNKNOWN: Settlement = { outcome: 'unknown', cost: null, resourceIds: [] };

/** What did the vendor answer, and what did it cost? Money that was not spent goes back to the budgets at once. */
export function settle(
  parts: PipelineParts,
  { permission, request, intent }: PermittedRequest,
  outcome: Outcome,
): Settled {
  permission.admission.release();
  const settlement = read(request, intent, outcome);
  const { resourceIds } = settlement;
  const { reservation, bound } = permission;
  if (reservation === null || bound === null)
    return { ...FREE, state: settlement.outcome === 'rejected' ? 'released' : 'committed', resourceIds };
  if (settlement.outcome === 'rejected') {
    parts.budgets.release(reservation);
    return { ...FREE, costs: true, state: 'released', resourceIds };
  }
  if (settlement.outcome === 'unknown') {
    parts.counters.unknownOutcomes += 1;
    const { amount } = bound.money;
    return { costs: true, state: 'unknown', amount, isFinal: false, spent: [], resourceIds };
  }
  const known = inCurrency(settlement.cost, bound.money.currency);
  const spent = parts.budgets.commit(reservation, known);
  const { amount } = known ?? bound.money;
  return { costs: true, state: 'committed', amount, isFinal: known !== null, spent, resourceIds };
}

const FREE = { costs: false, amount: ZERO, isFinal: true, spent: [] } as const;

/** The cost, if it is in the currency of the budget or zero; otherwise null. */
function inCurrency(cost: Money | null, currency: string): Money | null {
  if (cost?.amount === 0) return { amount: ZERO, currency };
  return cost?.currency === currency ? cost : null;
}

function read(request: AppRequest, intent: Intent, outcome: Outcome): Settlement {
  if (outcome.kind !== 'answered') return outcome.kind === 'lost' ? UNKNOWN : REJECTED;
  return request.vendor.readSettlement(intent, {
    status: outcome.status,
    headers: outcome.headers,
    body: outcome.body,
  });
}
