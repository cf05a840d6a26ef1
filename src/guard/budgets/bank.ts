import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros, type Micros } from '../../kernel/money.ts';
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

/**
 * The only giver of budget money on a node. One grant of a budget at a time; when the room does not suffice it calls
 * unused money back from the other processes, so that a budget can be spent to its last cent.
 */
export function createBank({ leases, clock, budget: find, holders, loaded }: BankOptions): Bank {
  const turns = new Map<string, Promise<unknown>>();
  const rooms = new Map<string, Micros>();

  function inTurn<T>(budget: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(budget) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(
      budget,
      mine.catch(() => {}),
    );
    return mine;
  }

  async function giveBack(
    budget: string,
    period: number,
    { node, epoch, amount, position }: Returned,
  ): Promise<void> {
    if (amount === 0) return;
    await loaded({ node, epoch }, position);
    await leases.giveBack({ budget, period, node, epoch }, amount, position);
  }

  async function grantNow(
    holder: Holder,
    { budget: id, need, want, isBackground }: GrantAsk,
  ): Promise<GrantAnswer> {
    const budget = find(id);
    if (budget === undefined) throw new RingfenceError('not_found', `There is no budget ${id}.`);
    const { start, since, end } = periodAt(budget.window, clock.ledger());
    const room = rooms.get(id);
    const share = room === undefined ? want : Math.floor(room / (2 * Math.max(1, holders.live())));
    const request = {
      budget: id,
      period: start,
      since,
      limit: budget.limit,
      need,
      want: wholeNeeds(need, Math.min(want, share)),
      ...holder,
    };
    let answer = await leases.grant(request);
    if (answer.granted === 0 && !isBackground && need <= budget.limit) {
      const returned = await holders.recall(holder, id, start);
      await Promise.all(returned.map((one) => giveBack(id, start, one)));
      if (returned.some(({ amount }) => amount > 0)) answer = await leases.grant({ ...request, want: need });
    }
    rooms.set(id, answer.left);
    return { ...answer, period: start, end };
  }

  return Object.freeze({
    grant: (holder: Holder, ask: GrantAsk) => inTurn(ask.budget, () => grantNow(holder, ask)),
    giveBack,
  });
}

/** A slice is a multiple of what one request needs: otherwise every holder would be left with a useless rest. */
function wholeNeeds(need: Micros, want: number): Micros {
  return micros(need * Math.max(1, Math.floor(want / Math.max(1, need))));
}
