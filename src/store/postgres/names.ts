import { RingfenceError } from '../../kernel/errors.ts';
import type { Reserve } from '../records.ts';
import type { Database, Value } from './database.ts';
import * as sql from './money-sql.ts';

/**
 * Numbers of periods, subjects and lives. They are given in statements of their own, before a transaction that uses
 * them, and never taken back; so remembering them is safe, and no transaction waits for another's new name.
 */
export interface Names {
  period(budget: string, period: number): Promise<number>;
  subject(content: string): Promise<number>;
  /** Begins the life if it is new. */
  life(node: string, epoch: number): Promise<void>;
  encode(reserves: readonly Reserve[]): Promise<string>;
  /** Reserves of stored texts, in their order. */
  decode(texts: readonly string[]): Promise<readonly (readonly Reserve[])[]>;
}

const CACHE = 50_000;

export function createNames(database: Database): Names {
  const ids = new Map<string, number>();
  const periods = new Map<number, readonly [budget: string, period: number]>();

  async function intern(key: string, get: Statement, insert: Statement): Promise<number> {
    const known = ids.get(key) ?? (await find(get)) ?? (await add(get, insert));
    if (ids.size >= CACHE) ids.clear();
    ids.set(key, known);
    return known;
  }

  async function find([text, ...values]: Statement): Promise<number | undefined> {
    return (await database.get(text, ...values))?.['id'] as number | undefined;
  }

  async function add(get: Statement, [text, ...values]: Statement): Promise<number> {
    await database.run(text, ...values);
    const id = await find(get);
    if (id === undefined) throw new RingfenceError('internal', 'A name could not be stored');
    return id;
  }

  function period(budget: string, start: number): Promise<number> {
    const key = `period ${start} ${budget}`;
    return intern(key, [sql.PERIOD_GET, budget, start], [sql.PERIOD_INSERT, budget, start]);
  }

  async function name(id: number): Promise<readonly [budget: string, period: number]> {
    const known = periods.get(id);
    if (known !== undefined) return known;
    const row = await database.get(sql.PERIOD_NAME, id);
    if (row === undefined) throw new RingfenceError('verify_failed', `There is no period ${id}`);
    if (periods.size >= CACHE) periods.clear();
    const found = [row['budget'] as string, row['period'] as number] as const;
    periods.set(id, found);
    return found;
  }

  async function decodeOne(text: string): Promise<readonly Reserve[]> {
    const reserves: Reserve[] = [];
    for (const [id, amount] of JSON.parse(text) as [number, Reserve[2]][])
      reserves.push([...(await name(id)), amount]);
    return reserves;
  }

  return {
    period,
    subject: (content) =>
      intern(
        `subject ${content}`,
        [sql.SUBJECT_GET, content],
        [sql.SUBJECT_INSERT, content, ...(JSON.parse(content) as Value[])],
      ),
    life: async (node, epoch) => void (await database.run(sql.LIFE_INSERT, node, epoch)),
    async encode(reserves) {
      const pairs: [number, number][] = [];
      for (const [budget, start, amount] of reserves) pairs.push([await period(budget, start), amount]);
      return JSON.stringify(pairs);
    },
    async decode(texts) {
      const decoded: (readonly Reserve[])[] = [];
      for (const text of texts) decoded.push(await decodeOne(text));
      return decoded;
    },
  };
}

type Statement = readonly [text: string, ...values: Value[]];
