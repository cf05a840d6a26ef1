import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import type { Desk } from './desk.ts';
import { listRecords } from './records.ts';

test('of a list that goes on far behind what is looked for, only records of that time are kept', async () => {
  const pages = [
    [900, 800],
    [510, 490],
    [401, 300],
    [200, 100],
  ];
  const lookup = {
    list: () => ({ page: 0 }),
    read: (_action: string, { page }: { readonly page: number }) => ({
      records: (pages[page] ?? []).map((createdAt) => ({ id: String(createdAt), createdAt }) as VendorRecord),
      next: page + 1 < pages.length ? { page: page + 1 } : null,
    }),
  };
  const desk = { vendor: { lookup }, fields: {}, ask: () => Promise.resolve({}) } as unknown as Desk;
  const found = await listRecords(desk, 'message.send', { since: 400, until: 500 }, 10);
  assert.deepEqual(
    found?.map(({ id }) => id),
    ['490', '401'],
  );
  assert.equal(
    await listRecords(desk, 'message.send', { since: 400, until: 500 }, 3),
    null,
    'not to its end',
  );
});
