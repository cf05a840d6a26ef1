import { RingfenceError } from '../../kernel/errors.ts';
import type { Reserve } from '../records.ts';
import type { Database, Value } from './database.ts';
import * as sql from './money-sql.ts';

/**
 * Numbers of periods, subjects and lives. They are given in statements of their own, before a transaction that uses
 * them, and never taken back; so remembering them is safe, and no transaction waits for another's new name. Only a
 * database that fails over to an older copy may give them anew: see `forget`.
 */
export interface Names {
  period(budget: string, period: number): Promise<number>;
  subject(content: string): Promise<number>;
  /** Begins the life if it is new. */
  life(node: string, epoch: number): Promise<void>;
  encode(reserves: readonly Reserve[]): Promise<string>;
  /** Reserves of stored texts, in their order. */
  decode(texts: readonly string[]): Promise<readonly (readonly Reserve[])[]>;
  /** To be called when the database may have lost rows: their numbers may be given to others then. */
  forget(): void;
}

const CACHE = 50_000;

interface State {
  readonly database: Database;
  /** Number of a period or subject. */
  readonly ids: Map<string, number>;
  /** Period of a number. */
  readonly periods: Map<number, readonly [budget: string, period: number]>;
}

type Statement = readonly [text: string, ...values: Value[]];

export function createNames(database: Database): Names {
  const state: State = { database, ids: new Map(), periods: new Map() };
  return {
    period: (budget, start) => numberOfPeriod(state, budget, start),
    subject: (content) =>
      intern(
        state,
        `subject ${content}`,
        [sql.SUBJECT_GET, content],
        [sql.SUBJECT_INSERT, content, ...(JSON.parse(content) as Value[])],
      ),
    life: async (node, epoch) => void (await database.run(sql.LIFE_INSERT, node, epoch)),
    encode: (reserves) => encode(state, reserves),
    async decode(texts) {
      const decoded: (readonly Reserve[])[] = [];
      for (const text of texts) decoded.push(await decode(state, text));
      return decoded;
    },
    forget() {
      state.ids.clear();
      state.periods.clear();
    },
  };
}

function numberOfPeriod(state: State, budget: string, start: number): Promise<number> {
  const key = `period ${start} ${budget}`;
  return intern(state, key, [sql.PERIOD_GET, budget, start], [sql.PERIOD_INSERT, budget, start]);
}

async function intern(state: State, key: string, get: Statement, insert: Statement): Promise<number> {
  const { database, ids } = state;
  const known = ids.get(key) ?? (await find(database, get)) ?? (await add(database, get, insert));
  if (ids.size >= CACHE) ids.clear();
  ids.set(key, known);
  return known;
}

async function find(database: Database, [text, ...values]: Statement): Promise<number | undefined> {
  return (await database.get(text, ...values))?.['id'] as number | undefined;
}

async function add(database: Database, get: Statement, [text, ...values]: Statement): Promise<number> {
  await database.run(text, ...values);
  const id = await find(database, get);
  if (id === undefined) throw new RingfenceError('internal', 'A name could not be stored');
  return id;
}

async function encode(state: State, reserves: readonly Reserve[]): Promise<string> {
  const pairs: [number, number][] = [];
  for (const [budget, start, amount] of reserves)
    pairs.push([await numberOfPeriod(state, budget, start), amount]);
  return JSON.stringify(pairs);
}

async function decode(state: State, text: string): Promise<readonly Reserve[]> {
  const reserves: Reserve[] = [];
  for (const [id, amount] of JSON.parse(text) as [number, Reserve[2]][])
    reserves.push([...(await periodOf(state, id)), amount]);
  return reserves;
}

async function periodOf(
  { database, periods }: State,
  id: number,
): Promise<readonly [budget: string, period: number]> {
  const known = periods.get(id);
  if (known !== undefined) return known;
  const row = await database.get(sql.PERIOD_NAME, id);
  if (row === undefined) throw new RingfenceError('verify_failed', `There is no period ${id}`);
  if (periods.size >= CACHE) periods.clear();
  const found = [row['budget'] as string, row['period'] as number] as const;
  periods.set(id, found);
  return found;
}
