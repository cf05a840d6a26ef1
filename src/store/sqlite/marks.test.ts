import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN } from '../terms.ts';
import type { Database, Value } from './database.ts';
import { createMarks, termBytes } from './marks.ts';

function world() {
  const written: Value[][] = [];
  const statement = { run: (...values: Value[]) => void written.push(values) };
  const database = { prepare: () => statement } as unknown as Database;
  return { marks: createMarks(database), written };
}

test('a term is written once for the newest run, and again for the next', () => {
  const { marks, written } = world();
  for (const ledger of [0, 1, RUN - 1, RUN, RUN + 1]) marks.added(7, ledger);
  marks.flush();
  for (const ledger of [RUN + 2, RUN + 3]) marks.added(7, ledger);
  marks.flush();
  assert.deepEqual(written, [
    [0, termBytes([7])],
    [RUN, termBytes([7])],
  ]);
});

test('terms of a load are written together, at the first row that brought one', () => {
  const { marks, written } = world();
  marks.added(7, 1);
  marks.flush();
  for (const term of [7, 8, 9]) marks.added(term, term);
  marks.flush();
  assert.deepEqual(written, [
    [1, termBytes([7])],
    [8, termBytes([8, 9])],
  ]);
});

test('a row of an older run is marked there, whatever the newest run has', () => {
  const { marks, written } = world();
  marks.added(7, 5 * RUN);
  marks.flush();
  marks.changed(7, RUN);
  assert.deepEqual(written.at(-1), [1, 7, 0]);
});

test('after a rollback nothing counts as written, and nothing is left to write', () => {
  const { marks, written } = world();
  marks.added(7, 0);
  marks.forget();
  marks.flush();
  assert.deepEqual(written, []);
  marks.added(7, 0);
  marks.flush();
  assert.deepEqual(written, [[0, termBytes([7])]]);
});
