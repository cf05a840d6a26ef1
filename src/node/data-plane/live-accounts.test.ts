import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { Registry } from '../../vendors/registry.ts';
import { openAccounts } from './live-accounts.ts';

const account = (id: string, more: Partial<AccountRecord> = {}): AccountRecord => ({
  id,
  vendor: 'acme',
  name: id,
  fields: { sid: 'AC1' },
  sealed: `secret of ${id}`,
  upstream: null,
  currency: 'USD',
  createdAt: 0,
  testedAt: null,
  ...more,
});

test('a change of one account opens that one again, and no other', () => {
  const tried: string[] = [];
  const open = (sealed: string, id: string) => {
    tried.push(id);
    return { authToken: new Secret(sealed) };
  };
  const byId = () => ({ id: 'acme', custody: { sealedAnswerFields: [] } });
  const registry = { byId } as unknown as Registry;
  const sources = { registry, sealer: { open, seal: () => '', rewrap: () => null } };
  const first = openAccounts(
    sources,
    ['a', 'b', 'c', 'd'].map((id) => account(id)),
  );
  assert.deepEqual(tried.splice(0), ['a', 'b', 'c', 'd']);
  const changed = [
    account('a', { name: 'renamed', currency: 'EUR', testedAt: 7 }),
    account('b', { sealed: 'another secret' }),
    account('c', { upstream: 'https://own.example' }),
  ];
  const next = openAccounts(sources, changed, first);
  assert.deepEqual(tried, ['b', 'c']);
  assert.deepEqual([...next.keys()], ['a', 'b', 'c']);
  assert.deepEqual([next.get('a')?.name, next.get('a')?.currency], ['renamed', 'EUR']);
  assert.equal(next.get('b')?.open.secrets['authToken']?.reveal(), 'another secret');
  assert.equal(next.get('b')?.scrubber.text('is another secret'), 'is [sealed]');
  assert.equal(next.get('c')?.upstream, 'https://own.example');
});
