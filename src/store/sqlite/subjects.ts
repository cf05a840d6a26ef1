import { RingfenceError } from '../../kernel/errors.ts';
import { appTerm, keyTerm } from '../terms.ts';
import type { Database, Value } from './database.ts';
import * as sql from './money-sql.ts';

export interface Subject {
  readonly id: number;
  /** What the coarse index must find its rows by. */
  readonly terms: readonly number[];
}

/** Interns who and what rows are about. */
export interface Subjects {
  /** `content`: one of the `subjects` of a `LoadPlan`. */
  intern(content: string): Subject;
  forget(): void;
}

/** A subject that is not remembered costs a query; so many cost 60 MB at most. */
const CACHE = 250_000;

export function createSubjects(database: Database): Subjects {
  const cache = new Map<string, Subject>();

  function store(content: string): Subject {
    const columns = JSON.parse(content) as Value[];
    let id = database.get(sql.SUBJECT_GET, content)?.['id'];
    if (id === undefined) {
      database.run(sql.SUBJECT_INSERT, content, ...columns);
      id = database.get(sql.SUBJECT_GET, content)?.['id'];
    }
    if (typeof id !== 'number') throw new RingfenceError('internal', 'A subject could not be stored');
    return { id, terms: [keyTerm(columns[0] as string), appTerm(columns[1] as string)] };
  }

  return {
    intern(content) {
      let subject = cache.get(content);
      if (subject !== undefined) return subject;
      if (cache.size >= CACHE) cache.clear();
      cache.set(content, (subject = store(content)));
      return subject;
    },
    forget: () => cache.clear(),
  };
}
