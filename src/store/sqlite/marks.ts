import { RUN } from '../terms.ts';
import type { Database } from './database.ts';
import * as sql from './money-sql.ts';

/**
 * Writes the coarse index (`terms.ts`). Terms that rows may share are written as one blob for the rows of a load, and
 * only those that their run has not got yet: a mark each would cost more than the rows when every row has another key.
 */
export interface Marks {
  /** A row holds this resource. */
  resource(term: number, ledger: number): void;
  /** A new row, later than all others, has this term; written by `flush`. */
  added(term: number, ledger: number): void;
  /** To be called before the transaction of what was added ends. */
  flush(): void;
  /** An older row has this term now. */
  changed(term: number, ledger: number): void;
  /** Call after a rollback: what is remembered may not be stored. */
  forget(): void;
}

const TERM_BYTES = 4;

export function createMarks(database: Database): Marks {
  const insert = database.prepare(sql.MARK_INSERT);
  const insertTerms = database.prepare(sql.RUN_TERMS_INSERT);
  const known = new Set<number>();
  let fresh: number[] = [];
  let first = 0;
  let newest = -1;

  function flush(): void {
    if (fresh.length > 0) insertTerms.run(first, termBytes(fresh));
    fresh = [];
  }

  function added(term: number, ledger: number): void {
    const run = runOf(ledger);
    if (run !== newest) {
      flush();
      known.clear();
      newest = run;
    }
    if (known.has(term)) return;
    known.add(term);
    if (fresh.push(term) === 1) first = ledger;
  }

  return {
    resource: (term, ledger) => void insert.run(runOf(ledger), term, ledger),
    added,
    flush,
    changed: (term, ledger) => void insert.run(runOf(ledger), term, 0),
    forget() {
      known.clear();
      fresh = [];
      newest = -1;
    },
  };
}

function runOf(ledger: number): number {
  return Math.floor(ledger / RUN);
}

/** Terms as `run_terms` holds them. */
export function termBytes(terms: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(terms.length * TERM_BYTES);
  for (const [index, term] of terms.entries()) bytes.writeUInt32LE(term, index * TERM_BYTES);
  return bytes;
}
