import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE } from '../pages.ts';
import { createKeys } from './control-store.ts';
import type { Call } from './thread.ts';

test('the list of all keys is asked for in pages: the thread of the store does other work in between', async () => {
  const ids = Array.from({ length: 2 * PAGE + 1 }, (_, place) => `key_${String(place).padStart(6, '0')}`);
  const limits: number[] = [];
  const call = ((_method: string, after: string, limit: number) => {
    limits.push(limit);
    const page = ids.filter((id) => id > after).slice(0, limit);
    return Promise.resolve(page.map((id) => ({ body: JSON.stringify({ id }), lastUsedAt: null })));
  }) as unknown as Call;
  const listed = await createKeys(call).list();
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids,
  );
  assert.deepEqual(limits, [PAGE, PAGE, PAGE]);
});
