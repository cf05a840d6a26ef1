import type { Database } from './database.ts';
import type { Engine, Method } from './engine.ts';
import { toFault, type Fault } from './faults.ts';

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly values: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

interface State {
  readonly database: Database;
  readonly engine: Engine;
  /** After a fault of disk or file nothing is tried any more. */
  broken: Fault | null;
}

/**
 * Runs requests that arrived together. Writes among them share one transaction and so one disk sync; each stands
 * behind its own savepoint, so that one refusal does not undo its neighbours. Replies are made after the commit.
 */
export function createRunner(
  database: Database,
  engine: Engine,
): (requests: readonly Request[]) => Promise<Reply[]> {
  const state: State = { database, engine, broken: null };
  return async (requests) => {
    const { broken } = state;
    if (broken !== null) return requests.map(({ id }) => ({ id, fault: broken }));
    if (requests.some((request) => isWrite(engine, request))) return write(state, requests);
    return Promise.all(requests.map((request) => read(state, request)));
  };
}

function isWrite({ writes }: Engine, { method }: Request): boolean {
  return Object.hasOwn(writes, method);
}

function perform({ engine }: State, request: Request): unknown {
  const { method, values } = request;
  const methods: Readonly<Record<string, unknown>> = isWrite(engine, request) ? engine.writes : engine.reads;
  return (methods[method] as (...values: readonly unknown[]) => unknown)(...values);
}

async function read(state: State, request: Request): Promise<Reply> {
  try {
    return { id: request.id, value: await perform(state, request) };
  } catch (error) {
    return { id: request.id, fault: fail(state, error) };
  }
}

function write(state: State, requests: readonly Request[]): Reply[] {
  const { database, engine } = state;
  try {
    database.exec('BEGIN IMMEDIATE');
    const [only] = requests;
    const replies =
      requests.length === 1 && only !== undefined
        ? [{ id: only.id, value: perform(state, only) }]
        : requests.map((request) => guarded(state, request));
    database.exec('COMMIT');
    return replies;
  } catch (error) {
    engine.forget();
    const fault = fail(state, error);
    if (database.inTransaction()) database.exec('ROLLBACK');
    return requests.map(({ id }) => ({ id, fault }));
  }
}

/** One request of several: if it fails, its own changes are undone and the others stay. */
function guarded(state: State, request: Request): Reply {
  const { database, engine } = state;
  database.exec('SAVEPOINT request');
  try {
    const value = perform(state, request);
    database.exec('RELEASE request');
    return { id: request.id, value };
  } catch (error) {
    // SQLite gives up the whole transaction when the disk is full or fails: then nobody's write is kept.
    if (!database.inTransaction()) throw error;
    database.exec('ROLLBACK TO request; RELEASE request');
    engine.forget();
    return { id: request.id, fault: fail(state, error) };
  }
}

function fail(state: State, error: unknown): Fault {
  const fault = toFault(error);
  if (fault.fatal) state.broken = fault;
  return fault;
}
