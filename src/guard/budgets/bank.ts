import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros, type Micros } from '../../kernel/money.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import { createKeyedLock } from '../../kernel/keyed-lock.ts';
import type { GrantRequest, LeaseStore } from '../../store/ports.ts';
import type { BudgetRecord } from '../../store/records.ts';
import type { GrantAnswer, GrantAsk } from './slice.ts';
import { periodAt } from './window.ts';

export interface Holder {
  readonly node: string;
  readonly epoch: number;
}

/** Money that a holder has stopped using; its journal stood at `position` then. */
export interface Recalled {
  readonly amount: Micros;
  readonly position: number;
}

export type Returned = Holder & Recalled;

export interface BankOptions {
  readonly leases: Pick<LeaseStore, 'grant' | 'giveBack'>;
  readonly clock: Pick<Clock, 'ledger'>;
  readonly budget: (id: string) => BudgetRecord | undefined;
  readonly holders: {
    live(): number;
    isAlive(holder: Holder): boolean;
    /** True while one that has ended may still leave money: its leases are open. */
    isClosing(): boolean;
    others(asking: Holder): readonly Holder[];
    /** Asks a holder to stop using its free money of the period. May take long, when it hangs; rejects when it has ended. */
    recall(holder: Holder, budget: string, period: number): Promise<Recalled>;
  };
  /** Resolves when an ask has waited long enough for holders that hang. */
  readonly patience: () => Promise<unknown>;
  /** Resolves once the ledger has loaded the holder's journal up to `position`. */
  readonly loaded: (holder: Holder, position: number) => Promise<void>;
  /** What guards against a store that has gone back to an older copy of itself. Absent: it never does. */
  readonly journals?: {
    /** Next positions of journals, as far as they were loaded. */
    places(): readonly JournalPoint[];
    /** Called when the store seems to lack some of what was loaded: it is checked, and loaded again. */
    recheck(): void;
  };
}

export interface Bank {
  grant(holder: Holder, ask: GrantAsk): Promise<GrantAnswer>;
  giveBack(budget: string, period: number, returned: Returned): Promise<void>;
}

interface State extends BankOptions {
  /** Room of each budget as the store last said. */
  readonly rooms: Map<string, Micros>;
  /** Recalls under way: an answer is booked once, however many wait for it. */
  readonly recalls: Map<string, Promise<CalledBack>>;
}

/** `nothing`: the holder has no money that is free. `late`: what it has may still come. */
type CalledBack = 'booked' | 'nothing' | 'late';

/**
 * The only giver of budget money on a node. One grant of a budget at a time; when the room does not suffice it calls
 * unused money back from the other processes, so that a budget can be spent to its last cent.
 */
export function createBank(options: BankOptions): Bank {
  const state: State = { ...options, rooms: new Map(), recalls: new Map() };
  const lock = createKeyedLock();
  return Object.freeze({
    grant: (holder: Holder, ask: GrantAsk) => lock(ask.budget, () => grant(state, holder, ask)),
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
  // Asked before and after: leases that are closed while the store's answer is under way are not counted in that answer.
  const wasClosing = state.holders.isClosing();
  let answer = await take(state, request);
  let isLate = false;
  if (answer.granted === 0 && !isBackground && need > 0 && need <= budget.limit) {
    const isClosing = wasClosing || state.holders.isClosing();
    const called = await callAllBack(state, holder, id, start);
    isLate = isClosing || called.includes('late');
    if (called.includes('booked')) answer = await take(state, { ...request, want: need });
  }
  state.rooms.set(id, answer.left);
  const granted = { ...answer, period: start, end, isLate };
  return state.holders.isAlive(holder) ? granted : takeBack(state, holder, id, granted);
}

/** A store that has lost what was loaded refuses with `conflict`: it would grant money that has been spent. */
async function take({ leases, journals }: State, request: GrantRequest): ReturnType<LeaseStore['grant']> {
  try {
    return await leases.grant({ ...request, loaded: journals?.places() ?? [] });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'conflict') journals?.recheck();
    throw error;
  }
}

/** Undoes a grant to a holder that has ended meanwhile. Its leases may be closed already, and nobody would close this one. */
function takeBack(
  state: State,
  holder: Holder,
  budget: string,
  { granted: amount, period, ...answer }: GrantAnswer,
): GrantAnswer {
  // It never got this money, so none of its journal need be loaded. If the store refuses, the lease is closed with the others.
  giveBack(state, budget, period, { ...holder, amount, position: 0 }).catch(() => {});
  return { ...answer, period, granted: micros(0) };
}

/** Recalls free money from all other holders, and says what came of each in time. What comes later is booked as well. */
async function callAllBack(
  state: State,
  asking: Holder,
  budget: string,
  period: number,
): Promise<readonly CalledBack[]> {
  const others = state.holders.others(asking);
  if (others.length === 0) return [];
  const called = others.map((): CalledBack => 'late');
  const answers = others.map(async (holder, index) => {
    called[index] = await callBack(state, holder, budget, period);
  });
  await Promise.race([Promise.all(answers), state.patience()]);
  return called;
}

/** Recalls free money from one holder. Its answer is booked however late it comes: it has stopped using that money. */
function callBack(state: State, holder: Holder, budget: string, period: number): Promise<CalledBack> {
  const { holders, recalls } = state;
  const name = JSON.stringify([holder.node, holder.epoch, budget, period]);
  const answer =
    recalls.get(name) ??
    holders
      .recall(holder, budget, period)
      .then(async ({ amount, position }): Promise<CalledBack> => {
        await giveBack(state, budget, period, { ...holder, amount, position });
        return amount > 0 ? 'booked' : 'nothing';
      })
      .catch((): CalledBack => 'late') // Money that was not given up, or not booked, returns when the lease is closed.
      .finally(() => recalls.delete(name));
  recalls.set(name, answer);
  return answer;
}

/** How much to grant: at most half of an equal share of what is left, so that the other processes find money, too. */
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
