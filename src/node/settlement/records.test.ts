import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import type { Desk } from './desk.ts';
import { listRecords } from './records.ts';

/** A vendor that lists records made at these times. */
function deskWith(pages: readonly (readonly number[])[]): Desk {
  const lookup = {
    list: () => ({ page: 0 }),
    read: (_action: string, { page }: { readonly page: number }) => ({
      records: (pages[page] ?? []).map((createdAt) => ({ id: String(createdAt), createdAt }) as VendorRecord),
      next: page + 1 < pages.length ? { page: page + 1 } : null,
    }),
  };
  return { vendor: { lookup }, fields: {}, ask: () => Promise.resolve({}) } as unknown as Desk;
}

test('of a list that goes on far behind what is looked for, only records of that time are kept', async () => {
  const desk = deskWith([
    [900, 800],
    [510, 490],
    [401, 300],
    [200, 100],
  ]);
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

test('a record of the time that stands among newer ones does not end the list', async () => {
  const desk = deskWith([
    [900, 450],
    [800, 700],
    [510, 490],
  ]);
  const found = await listRecords(desk, 'message.send', { since: 400, until: 500 }, 10);
  assert.deepEqual(
    found?.map(({ id }) => id),
    ['450', '490'],
  );
});

test('a record that moved to the next page while the list was read is one record', async () => {
  const desk = deskWith([
    [470, 450],
    [450, 420],
  ]);
  const found = await listRecords(desk, 'message.send', { since: 400, until: 500 }, 10);
  assert.deepEqual(
    found?.map(({ id }) => id),
    ['470', '450', '420'],
  );
});

test('a list that leads back to a page that was read has no end, and is not asked for any further', async () => {
  let asked = 0;
  const lookup = {
    list: () => ({ page: 0 }),
    read: (_action: string, { page }: { readonly page: number }) => ({
      records: [],
      next: { page: 1 - page },
    }),
  };
  const ask = () => Promise.resolve({ status: (asked += 1) });
  const desk = { vendor: { lookup }, fields: {}, ask } as unknown as Desk;
  assert.equal(await listRecords(desk, 'message.send', { since: 400, until: 500 }, 5000), null);
  assert.equal(asked, 2);
});
