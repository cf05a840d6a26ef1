import { Pool, types, type CustomTypesConfig, type PoolClient } from 'pg';
import { isTransient, toError } from './faults.ts';

export type Value = null | number | string | boolean | readonly (number | string | null)[];
export type Row = Readonly<Record<string, null | number | string | boolean>>;

/** Something that runs statements: the pool (each statement its own transaction) or one transaction. */
export interface Queries {
  all(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  get(sql: string, ...values: readonly Value[]): Promise<Row | undefined>;
  /** Number of changed rows. */
  run(sql: string, ...values: readonly Value[]): Promise<number>;
}

/** The connections to one PostgreSQL database. The only file that knows `pg`. Rejects with RingfenceErrors. */
export interface Database extends Queries {
  /** Runs `work` in one transaction; again from the start when PostgreSQL asks for it. */
  transaction<T>(work: (queries: Queries) => Promise<T>, mode?: Mode): Promise<T>;
  close(): Promise<void>;
}

export interface PostgresConnection {
  /** `postgres://user:password@host/database`, or a directory of a Unix socket as `host`. */
  readonly url?: string;
  readonly host?: string;
  readonly database?: string;
  readonly user?: string;
  readonly connections?: number;
  /** How long to wait for a connection or a lock; a statement may take several times that. */
  readonly waitMilliseconds?: number;
}

const ATTEMPTS = 5;
const INT8 = 20;
/** An answer is waited for so many times `waitMilliseconds`: the system notices a vanished server only after 15 minutes. */
const ANSWER_AFTER_WAITS = 6;
/** The longest time that a timer takes. */
const NO_BOUND = 2 ** 31 - 1;
/** When it fails, the connection is closed, and the server undoes the transaction by itself. */
const ROLLBACK = { text: 'ROLLBACK', query_timeout: 1_000 };

/** Transactions that read or change everything have no time limit. */
const MODES = {
  write: { begin: 'BEGIN ISOLATION LEVEL READ COMMITTED', bound: {} },
  schema: { begin: 'BEGIN ISOLATION LEVEL READ COMMITTED', bound: { query_timeout: NO_BOUND } },
  snapshot: {
    begin: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    bound: { query_timeout: NO_BOUND },
  },
} as const;
type Mode = keyof typeof MODES;

/** `onChange` is told of each connection that is new, before it is used, or is lost: the next may lead to another server. */
export function openDatabase(
  { url, host, database, user, ...limits }: PostgresConnection,
  onChange: () => void = () => {},
): Database {
  const { connections = 8, waitMilliseconds = 5_000 } = limits;
  const pool = new Pool({
    ...(url === undefined ? {} : { connectionString: url }),
    ...(host === undefined ? {} : { host }),
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { user }),
    max: connections,
    connectionTimeoutMillis: waitMilliseconds,
    query_timeout: ANSWER_AFTER_WAITS * waitMilliseconds,
    keepAlive: true,
    // A gateway that freezes inside a transaction must not hold the budget's lock against all others.
    lock_timeout: waitMilliseconds,
    idle_in_transaction_session_timeout: 2 * waitMilliseconds,
    types: TYPES,
  });
  // A connection that dies while idle is replaced; the next statement reports what is wrong.
  pool.on('error', onChange);
  pool.on('connect', (client) => {
    // The pool listens to idle connections only; one that ends in use, or as it is handed out, would end the process.
    client.on('error', () => {});
    onChange();
  });
  const queries = createQueries((sql, values) => pool.query(sql, values as unknown[]));
  return {
    all: (sql, ...values) => retry(() => queries.all(sql, ...values)),
    get: (sql, ...values) => retry(() => queries.get(sql, ...values)),
    run: (sql, ...values) => retry(() => queries.run(sql, ...values)),
    transaction: (work, mode = 'write') => retry(() => inTransaction(pool, work, mode)),
    close: () => pool.end(),
  };
}

/** `bigint` as number, the rest as `pg` reads it. */
const TYPES: CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === INT8 ? toInteger : (types.getTypeParser as (id: number, format?: string) => unknown)(id, format),
};

/** Sums stay below 2^53 (`kernel/money`); anything else is damage, not a number to round. */
function toInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a stored number is too large');
  return value;
}

interface Result {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

function createQueries(query: (sql: string, values: readonly Value[]) => Promise<Result>): Queries {
  async function all(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    return (await send(sql, values)).rows as Row[];
  }
  async function send(sql: string, values: readonly Value[]): Promise<Result> {
    try {
      return await query(sql, values);
    } catch (error) {
      throw isTransient(error) ? error : toError(error);
    }
  }
  return {
    all,
    get: async (sql, ...values) => (await all(sql, ...values))[0],
    run: async (sql, ...values) => (await send(sql, values)).rowCount ?? 0,
  };
}

async function inTransaction<T>(pool: Pool, work: (queries: Queries) => Promise<T>, mode: Mode): Promise<T> {
  const { begin, bound } = MODES[mode];
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const query = (text: string, values: readonly Value[]) =>
      client.query({ text, values: values as unknown[], ...bound });
    const result = await work(createQueries(query));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query(ROLLBACK).catch((cause: Error) => (broken = cause));
    throw isTransient(error) ? error : toError(error);
  } finally {
    client.release(broken);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toError(error);
  }
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === ATTEMPTS) throw toError(error);
    }
  }
}
