import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminClient } from './client.ts';
import { createNaming } from './names.ts';

const SHOP = `app_${'a'.repeat(16)}`;
const GONE = `app_${'b'.repeat(16)}`;

function clientOf(list: () => Promise<unknown>) {
  const asked: string[] = [];
  const call = (route: string) => {
    asked.push(route);
    return list();
  };
  return { asked, client: { call } as unknown as AdminClient };
}

test('ids in text become names; what is gone stays an id, and nothing is asked twice', async () => {
  const { asked, client } = clientOf(() => Promise.resolve([{ id: SHOP, name: 'shop' }]));
  const naming = createNaming(client);
  const say = (id: string, name: string) => `${name}=${id}`;
  assert.equal(await naming(`allow ${SHOP}, ${GONE}`, say), `allow shop=${SHOP}, ${GONE}`);
  assert.equal(await naming(`refuse ${GONE} ${SHOP}.`, say), `refuse ${GONE} shop=${SHOP}.`);
  assert.equal(await naming('signed head 12', say), 'signed head 12');
  assert.deepEqual(asked, ['apps.list']);
});

test('records are shown also while nobody can tell names', async () => {
  const { client } = clientOf(() => Promise.reject(new Error('the store is away')));
  assert.equal(await createNaming(client)(`allow ${SHOP}`, (_, name) => name), `allow ${SHOP}`);
});
