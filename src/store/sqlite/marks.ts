import { RUN } from '../terms.ts';
import type { Database } from './database.ts';
import * as sql from './money-sql.ts';

/** Writes the coarse index (`terms.ts`), remembering which shared marks the newest run has already. */
export interface Marks {
  /** A row holds this resource. */
  resource(term: number, ledger: number): void;
  /** A row has this term, as others of its run may. */
  shared(term: number, ledger: number): void;
  /** Call after a rollback: what is remembered may not be stored. */
  forget(): void;
}

export function createMarks(database: Database): Marks {
  const insert = database.prepare(sql.MARK_INSERT);
  const known = new Set<number>();
  let newest = -1;

  function shared(term: number, ledger: number): void {
    const run = Math.floor(ledger / RUN);
    if (run > newest) {
      known.clear();
      newest = run;
    }
    if (run === newest && known.has(term)) return;
    insert.run(run, term, 0);
    if (run === newest) known.add(term);
  }

  return {
    resource: (term, ledger) => void insert.run(Math.floor(ledger / RUN), term, ledger),
    shared,
    forget() {
      known.clear();
      newest = -1;
    },
  };
}
