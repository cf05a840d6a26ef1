import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros, type Micros } from '../../kernel/money.ts';
import { createTurns } from '../../kernel/turns.ts';
import type { LeaseStore } from '../../store/ports.ts';
import type { BudgetRecord } from '../../store/records.ts';
import type { GrantAnswer, GrantAsk } from './slice.ts';
import { periodAt } from './window.ts';

export interface Holder {
  readonly node: string;
  readonly epoch: number;
}

/** Money that a holder has stopped using; its journal stood at `position` then. */
export interface Returned extends Holder {
  readonly amount: Micros;
  readonly position: number;
}

export interface BankOptions {
  readonly leases: Pick<LeaseStore, 'grant' | 'giveBack'>;
  readonly clock: Pick<Clock, 'ledger'>;
  readonly budget: (id: string) => BudgetRecord | undefined;
  readonly holders: {
    live(): number;
    /** Asks every holder but `asking` to stop using its free money of the period. */
    recall(asking: Holder, budget: string, period: number): Promise<readonly Returned[]>;
  };
  /** Resolves once the ledger has loaded the holder's journal up to `position`. */
  readonly loaded: (holder: Holder, position: number) => Promise<void>;
}

export interface Bank {
  grant(holder: Holder, ask: GrantAsk): Promise<GrantAnswer>;
  giveBack(budget: string, period: number, returned: Returned): Promise<void>;
}

interface State extends BankOptions {
  /** Room of each budget as the store last said. */
  readonly rooms: Map<string, Micros>;
}

/**
 * The only giver of budget money on a node. One grant of a budget at a time; when the room does not suffice it calls
 * unused money back from the other processes, so that a budget can be spent to its last cent.
 */
export function createBank(options: BankOptions): Bank {
  const state: State = { ...options, rooms: new Map() };
  const inTurn = createTurns();
  return Object.freeze({
    grant: (holder: Holder, ask: GrantAsk) => inTurn(ask.budget, () => grant(state, holder, ask)),
    giveBack: (budget: string, period: number, returned: Returned) =>
      giveBack(state, budget, period, returned),
  });
}

async function grant(state: State, holder: Holder, ask: GrantAsk): Promise<GrantAnswer> {
  const { budget: id, need, isBackground } = ask;
  const budget = state.budget(id);
  if (budget === undefined) throw new RingfenceError('not_found', `There is no budget ${id}.`);
  const { start, since, end } = periodAt(budget.window, state.clock.ledger());
  const want = shareOf(state, ask);
  const request = { budget: id, period: start, since, limit: budget.limit, need, want, ...holder };
  let answer = await state.leases.grant(request);
  if (answer.granted === 0 && !isBackground && need <= budget.limit) {
    const returned = await state.holders.recall(holder, id, start);
    await Promise.all(returned.map((one) => giveBack(state, id, start, one)));
    if (returned.some(({ amount }) => amount > 0))
      answer = await state.leases.grant({ ...request, want: need });
  }
  state.rooms.set(id, answer.left);
  return { ...answer, period: start, end };
}

/** Slices shrink as the room does, so that the other processes find money, too. */
function shareOf({ rooms, holders }: State, { budget, need, want }: GrantAsk): Micros {
  const room = rooms.get(budget);
  const share = room === undefined ? want : Math.floor(room / (2 * Math.max(1, holders.live())));
  return wholeNeeds(need, Math.min(want, share));
}

async function giveBack(
  { leases, loaded }: State,
  budget: string,
  period: number,
  { node, epoch, amount, position }: Returned,
): Promise<void> {
  if (amount === 0) return;
  await loaded({ node, epoch }, position);
  await leases.giveBack({ budget, period, node, epoch }, amount, position);
}

/** A slice is a multiple of what one request needs: otherwise every holder would be left with a useless rest. */
function wholeNeeds(need: Micros, want: number): Micros {
  return micros(need * Math.max(1, Math.floor(want / Math.max(1, need))));
}
