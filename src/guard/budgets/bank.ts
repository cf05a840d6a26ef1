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
  /** Absent: the store never goes back to an older copy of itself. */
  readonly journals?: {
    /** Next positions of journals, as far as they were loaded. */
    places(): readonly JournalPoint[];
    /** The store may lack some of it: it is looked for, and loaded again. */
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
  // Leases may be closed while the store's answer, which does not know it, is on its way.
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

/** Nothing is granted by a store that has lost what it knew: what was spent would be granted again. */
async function take({ leases, journals }: State, request: GrantRequest): ReturnType<LeaseStore['grant']> {
  try {
    return await leases.grant({ ...request, loaded: journals?.places() ?? [] });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'conflict') journals?.recheck();
    throw error;
  }
}

/** The holder has ended while it waited. Its leases may be closed already: nobody would end this one. */
function takeBack(
  state: State,
  holder: Holder,
  budget: string,
  { granted: amount, period, ...answer }: GrantAnswer,
): GrantAnswer {
  // Nobody waits for its journal here. When the store refuses, it is closed with the others.
  giveBack(state, budget, period, { ...holder, amount, position: 0 }).catch(() => {});
  return { ...answer, period, granted: micros(0) };
}

/** What became of each holder's money while the ask could wait. What comes later is booked as well, for the next one. */
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

/** Books the answer whenever it comes: the holder does not use any more what it gave up. */
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
      .catch((): CalledBack => 'late') // What it did not give up, or the store did not take, comes back when its lease closes.
      .finally(() => recalls.delete(name));
  recalls.set(name, answer);
  return answer;
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
