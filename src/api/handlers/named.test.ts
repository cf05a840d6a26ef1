import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VirtualKeyRecord } from '../../store/records.ts';
import { pick, pickKey } from './named.ts';

const key = (id: string, state: VirtualKeyRecord['state'], createdAt: number): VirtualKeyRecord => ({
  id,
  state,
  createdAt,
  name: 'shop',
  app: 'app_1',
  account: 'account_1',
  vendor: 'acme',
  kind: 'secret',
  publicId: null,
  index: '',
  sealed: null,
  expiresAt: null,
  networks: [],
  replaces: null,
  revokedAt: null,
  lastUsedAt: null,
});

test('a name means the working key that bears it, or else the last key that did', () => {
  const [old, older] = [key('key_a', 'revoked', 2), key('key_b', 'revoked', 1)];
  assert.equal(pickKey([old, key('key_c', 'active', 3)], 'shop').id, 'key_c');
  assert.equal(pickKey([old, key('key_c', 'active', 1)], 'shop').id, 'key_c');
  assert.equal(pickKey([older, old], 'shop').id, 'key_a');
  assert.equal(pickKey([key('key_d', 'active', 1), key('key_e', 'active', 2)], 'shop').id, 'key_e');
  assert.equal(pickKey([old, key('key_c', 'active', 3)], 'key_a').id, 'key_a', 'an id is one key');
  assert.throws(() => pickKey([old], 'other'), { code: 'not_found' });
});

test('a misspelt name is answered with the one that was probably meant', () => {
  const apps = [
    { id: 'app_1', name: 'shop' },
    { id: 'app_2', name: 'billing' },
  ];
  assert.throws(() => pick('app', apps, 'shpo'), { message: 'There is no app "shpo"; did you mean "shop"?' });
  assert.throws(() => pick('app', apps, 'nobody'), { message: 'There is no app "nobody".' });
});
