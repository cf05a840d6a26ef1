import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN } from '../terms.ts';
import type { Database, Value } from './database.ts';
import { createMarks } from './marks.ts';

function world() {
  const written: Value[][] = [];
  const statement = { run: (...values: Value[]) => void written.push(values) };
  const database = { prepare: () => statement } as unknown as Database;
  return { marks: createMarks(database), written };
}

test('a term is written once for the newest run, and again for the next', () => {
  const { marks, written } = world();
  for (const ledger of [0, 1, RUN - 1, RUN, RUN + 1]) marks.shared(7, ledger);
  assert.deepEqual(written, [
    [0, 7, 0],
    [1, 7, 0],
  ]);
});

test('a row of an older run is marked there, whatever the newest run has', () => {
  const { marks, written } = world();
  marks.shared(7, 5 * RUN);
  marks.shared(7, RUN);
  assert.deepEqual(written.at(-1), [1, 7, 0]);
});

test('after a rollback nothing counts as written', () => {
  const { marks, written } = world();
  marks.shared(7, 0);
  marks.forget();
  marks.shared(7, 0);
  assert.equal(written.length, 2);
});
