import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyTerm } from '../../src/store/terms.ts';
import { batch, row } from './store-builders.ts';
import { ENGINES } from './store-engines.ts';

test('a SQLite store finds rows by what an earlier version wrote of their key', async () => {
  const sandbox = await ENGINES.find(({ name }) => name === 'SQLite')?.create();
  assert.ok(sandbox !== undefined);
  const found = async (): Promise<number> =>
    (await sandbox.store.ledger.list({ key: 'key_1', limit: 9 })).length;
  try {
    const rows = [row(0, { key: 'key_1' }), row(1, { key: 'key_2' })];
    await sandbox.store.ledger.load(batch(0, 2, { rows }));
    assert.equal(await found(), 1);
    await sandbox.edit('DELETE FROM run_terms');
    assert.equal(await found(), 0, 'the index is what finds them');
    await sandbox.edit(`INSERT INTO mark VALUES (0, ${keyTerm('key_1')}, 0)`);
    assert.equal(await found(), 1);
  } finally {
    await sandbox.dispose();
  }
});
