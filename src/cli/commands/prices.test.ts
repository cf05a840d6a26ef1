import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../cli-fixture.ts';

const ID = 'account_aaaaaaaaaaaaaaaa';
const row = {
  vendor: 'acme',
  account: null,
  item: 'message.send/sms',
  prefix: '49',
  amount: '0.08',
  currency: 'EUR',
  unit: 'segment',
  kind: 'price',
  from: '2026-11-26T00:00:00.000Z',
};
const answers: Readonly<Record<string, unknown>> = {
  'prices.list': [row, { ...row, account: ID, amount: '0.05' }],
  'accounts.list': [{ id: ID, name: 'main' }],
};

test('prices are listed with the account that they hold for', async () => {
  const text = await printed((route) => answers[route], 'prices', 'list');
  assert.match(text, /^VENDOR +ACCOUNT +ITEM/);
  assert.match(text, /^acme +any +message.* 0\.08 EUR/m);
  assert.match(text, /^acme +main +message.* 0\.05 EUR/m);
});

test('a price that held from the beginning holds always', async () => {
  const band = { ...row, kind: 'band', from: '1970-01-01T00:00:00.000Z' };
  const text = await printed(() => [row, band], 'prices', 'list');
  assert.match(text, / price +2026-11-26$/m);
  assert.match(text, / band +always$/m);
});

test('a list that ends at its limit says so', async () => {
  const more = /There may be more than 2; a higher --limit lists them/;
  assert.match(await printed((route) => answers[route], 'prices', 'list', '--limit', '2'), more);
  assert.doesNotMatch(await printed((route) => answers[route], 'prices', 'list'), more);
});
