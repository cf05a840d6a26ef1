import { join } from 'node:path';
import type { ScanProblem } from '../../sighting.ts';
import { DamageError } from '../damage.ts';
import { readRefTable, type RefTable, type RefValue } from './reftable.ts';
import { readSmallBytes, readSmallFile } from '../repository.ts';

const FOLDER = 'reftable';
const MOST_TABLES = 1000;
/** Attempts to read all tables: git may merge and delete some of them while they are read. */
const MOST_ATTEMPTS = 3;
/** A name of a table that is no path, so that a hostile list cannot lead out of the folder. */
const NAME = /^\w[\w.-]*$/;

/** All that the tables of a git directory say, the later ones over the earlier ones. */
export interface RefStack {
  readonly refs: ReadonlyMap<string, RefValue>;
  readonly logged: ReadonlySet<string>;
  readonly problems: readonly ScanProblem[];
}

/** Reads the refs of a git directory that keeps them as reftable; what cannot be read is a problem, and the rest is read. */
export function readRefStack(gitDirectory: string): RefStack {
  for (let attempt = 1; ; attempt++) {
    const { tables, problems, isMoving } = readTables(join(gitDirectory, FOLDER));
    if (isMoving && attempt < MOST_ATTEMPTS) continue;
    const refs = new Map<string, RefValue>();
    for (const table of tables)
      for (const [name, value] of table.refs) {
        if (value === null) refs.delete(name);
        else refs.set(name, value);
      }
    return { refs, logged: new Set(tables.flatMap(({ logged }) => [...logged])), problems };
  }
}

interface Tables {
  readonly tables: readonly RefTable[];
  readonly problems: readonly ScanProblem[];
  readonly isMoving: boolean;
}

function readTables(folder: string): Tables {
  const names = (readSmallFile(join(folder, 'tables.list')) ?? '').split('\n').filter((name) => name !== '');
  const tables: RefTable[] = [];
  const problems: ScanProblem[] = [];
  let isMoving = false;
  const tell = (where: string, problem: string): void =>
    void problems.push({ where: `${FOLDER}/${where}`, problem: `Its refs are not known: ${problem}.` });
  if (names.length === 0) tell('tables.list', 'it is missing or empty');
  if (names.length > MOST_TABLES) tell('tables.list', `it names more than ${MOST_TABLES} tables`);
  for (const name of names.slice(0, MOST_TABLES)) {
    const bytes = NAME.test(name) ? readSmallBytes(join(folder, name)) : undefined;
    isMoving ||= bytes === undefined;
    try {
      if (bytes === undefined)
        tell(NAME.test(name) ? name : 'tables.list', 'a table is missing or too large');
      else tables.push(readRefTable(bytes));
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      tell(name, error.message);
    }
  }
  return { tables, problems, isMoving };
}
