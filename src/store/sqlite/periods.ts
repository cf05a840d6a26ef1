import { RingfenceError } from '../../kernel/errors.ts';
import type { Reserve } from '../records.ts';
import type { Database } from './database.ts';
import * as sql from './money-sql.ts';

/** Knows the number of each (budget, period), by which rows and leases refer to it. */
export interface Periods {
  /** The number, or null for a period that nothing refers to yet. */
  find(budget: string, period: number): number | null;
  /** The number, which is given now if it is new. */
  ensure(budget: string, period: number): number;
  /** Stored text of reserves, and back. */
  encode(reserves: readonly Reserve[]): string;
  decode(text: string): readonly Reserve[];
  /** Call after a rollback: what is remembered may not be stored. */
  forget(): void;
}

const CACHE = 50_000;

export function createPeriods(database: Database): Periods {
  const ids = new Map<string, number>();
  const names = new Map<number, readonly [budget: string, period: number]>();

  function find(budget: string, period: number): number | null {
    const key = `${period} ${budget}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = database.get(sql.PERIOD_GET, budget, period)?.['id'] as number | undefined;
    if (id === undefined) return null;
    if (ids.size >= CACHE) ids.clear();
    ids.set(key, id);
    return id;
  }

  function ensure(budget: string, period: number): number {
    const known = find(budget, period);
    if (known !== null) return known;
    database.run(sql.PERIOD_INSERT, budget, period);
    const id = find(budget, period);
    if (id === null) throw new RingfenceError('internal', 'A period could not be stored');
    return id;
  }

  function name(id: number): readonly [budget: string, period: number] {
    const known = names.get(id);
    if (known !== undefined) return known;
    const row = database.get(sql.PERIOD_NAME, id);
    if (row === undefined) throw new RingfenceError('verify_failed', `There is no period ${id}`);
    if (names.size >= CACHE) names.clear();
    const found = [row['budget'] as string, row['period'] as number] as const;
    names.set(id, found);
    return found;
  }

  return {
    find,
    ensure,
    encode: (reserves) =>
      JSON.stringify(reserves.map(([budget, period, amount]) => [ensure(budget, period), amount])),
    decode: (text) =>
      (JSON.parse(text) as [number, Reserve[2]][]).map(([id, amount]) => {
        const [budget, period] = name(id);
        return [budget, period, amount];
      }),
    forget() {
      ids.clear();
      names.clear();
    },
  };
}
