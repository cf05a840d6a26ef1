import type { PermitAsk, PermitPool, PermitReturn } from './permit.ts';

export interface PermitBankOptions<Holder> {
  /** Processes that are alive. */
  readonly holders: () => readonly Holder[];
  /** Asks a holder for permits that it does not use. May take long, when it hangs; rejects when it has ended. */
  readonly recall: (holder: Holder, pool: PermitPool) => Promise<number>;
  /** Resolves when an ask has waited long enough for holders that hang. */
  readonly patience: () => Promise<unknown>;
}

/** The only giver of permits on a node: what all processes hold of a pool is never more than its limit. */
export interface PermitBank<Holder> {
  /** As many as there are, up to `count` and a little stock; 0 when all are in use. */
  grant(holder: Holder, ask: PermitAsk): Promise<number>;
  giveBack(holder: Holder, given: readonly PermitReturn[]): void;
  /** The holder has ended, and its requests with it. */
  ended(holder: Holder): void;
}

/** A process takes so much of what nobody holds in stock: asking again costs more than giving back. */
const STOCK_SHARE = 0.5;

export function createPermitBank<Holder extends object>(
  options: PermitBankOptions<Holder>,
): PermitBank<Holder> {
  const { holders, recall, patience } = options;
  const pools = new Map<string, Map<Holder, number>>();
  /** Recalls under way: whoever asks meanwhile waits for the same answer. */
  const recalls = new WeakMap<Holder, Map<string, Promise<void>>>();

  /** A holder that has ended holds nothing more: its count does not fall below 0. */
  function add(pool: PermitPool, holder: Holder, count: number): void {
    const name = nameOf(pool);
    const held = pools.get(name) ?? new Map<Holder, number>();
    const left = (held.get(holder) ?? 0) + count;
    if (left > 0) held.set(holder, left);
    else held.delete(holder);
    if (held.size > 0) pools.set(name, held);
    else pools.delete(name);
  }

  function freeOf(ask: PermitAsk): number {
    const held = pools.get(nameOf(ask))?.values() ?? [];
    return [...held].reduce((free, one) => free - one, ask.most);
  }

  /** Books the answer whenever it comes: the holder does not use any more what it gave up. */
  function callBack(pool: PermitPool, holder: Holder): Promise<void> {
    const mine = recalls.get(holder) ?? new Map<string, Promise<void>>();
    recalls.set(holder, mine);
    const name = nameOf(pool);
    const answer =
      mine.get(name) ??
      recall(holder, pool)
        .then((count) => add(pool, holder, -count))
        .catch(() => {})
        .finally(() => mine.delete(name));
    mine.set(name, answer);
    return answer;
  }

  async function callAllBack(pool: PermitPool, asking: Holder): Promise<void> {
    const others = [...(pools.get(nameOf(pool))?.keys() ?? [])].filter((holder) => holder !== asking);
    if (others.length === 0) return;
    await Promise.race([Promise.all(others.map((holder) => callBack(pool, holder))), patience()]);
  }

  return Object.freeze({
    async grant(holder: Holder, ask: PermitAsk) {
      if (freeOf(ask) < ask.count) await callAllBack(ask, holder);
      const free = freeOf(ask);
      if (free <= 0 || !holders().includes(holder)) return 0;
      const stock = Math.max(0, free - ask.count) * (STOCK_SHARE / holders().length);
      const count = Math.min(free, ask.count + Math.floor(stock));
      add(ask, holder, count);
      return count;
    },
    giveBack(holder: Holder, given: readonly PermitReturn[]) {
      for (const one of given) add(one, holder, -one.count);
    },
    ended(holder: Holder) {
      for (const [name, held] of pools) if (held.delete(holder) && held.size === 0) pools.delete(name);
    },
  });
}

function nameOf({ limit, key }: PermitPool): string {
  return `${limit} ${key}`;
}
