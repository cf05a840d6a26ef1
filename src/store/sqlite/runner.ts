import type { Database } from './database.ts';
import type { Engine, Method } from './engine.ts';
import { toFault } from './faults.ts';
import type { Fault } from './faults.ts';

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly values: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

/**
 * Runs requests that arrived together. Writes among them share one transaction and so one disk sync; each stands
 * behind its own savepoint, so that one refusal does not undo its neighbours. Replies are made after the commit.
 */
export function createRunner(
  database: Database,
  engine: Engine,
): (requests: readonly Request[]) => Promise<Reply[]> {
  let broken: Fault | null = null;

  function isWrite({ method }: Request): boolean {
    return Object.hasOwn(engine.writes, method);
  }

  function perform(request: Request): unknown {
    const { method, values } = request;
    const methods: Readonly<Record<string, unknown>> = isWrite(request) ? engine.writes : engine.reads;
    return (methods[method] as (...values: readonly unknown[]) => unknown)(...values);
  }

  function fail(error: unknown): Fault {
    const fault = toFault(error);
    if (fault.fatal) broken = fault;
    return fault;
  }

  async function read(request: Request): Promise<Reply> {
    try {
      return { id: request.id, value: await perform(request) };
    } catch (error) {
      return { id: request.id, fault: fail(error) };
    }
  }

  function guarded(request: Request): Reply {
    database.exec('SAVEPOINT request');
    try {
      const value = perform(request);
      database.exec('RELEASE request');
      return { id: request.id, value };
    } catch (error) {
      // SQLite gives up the whole transaction when the disk is full or fails: then nobody's write is kept.
      if (!database.inTransaction()) throw error;
      database.exec('ROLLBACK TO request; RELEASE request');
      engine.forget();
      return { id: request.id, fault: fail(error) };
    }
  }

  function write(requests: readonly Request[]): Reply[] {
    try {
      database.exec('BEGIN IMMEDIATE');
      const [only] = requests;
      const replies =
        requests.length === 1 && only !== undefined
          ? [{ id: only.id, value: perform(only) }]
          : requests.map(guarded);
      database.exec('COMMIT');
      return replies;
    } catch (error) {
      engine.forget();
      const fault = fail(error);
      if (database.inTransaction()) database.exec('ROLLBACK');
      return requests.map(({ id }) => ({ id, fault }));
    }
  }

  return async (requests) => {
    if (broken !== null) return requests.map(({ id }) => ({ id, fault: broken as Fault }));
    return requests.some(isWrite) ? write(requests) : Promise.all(requests.map(read));
  };
}
