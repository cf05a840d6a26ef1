import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingfenceError } from '../kernel/errors.ts';
import type { Store } from '../store/ports.ts';
import type { AccountRecord } from '../store/records.ts';
import { createClosedAccounts } from './closed-accounts.ts';

const account = (id: string, more: Partial<AccountRecord> = {}): AccountRecord => ({
  id,
  vendor: 'acme',
  name: id,
  fields: {},
  sealed: `sealed ${id}`,
  upstream: null,
  currency: 'USD',
  createdAt: 0,
  testedAt: null,
  ...more,
});

test('a look at the status opens only accounts that are new, changed or closed', async () => {
  let records = [account('a'), account('b'), account('broken')];
  const tried: string[] = [];
  const open = (_sealed: string, id: string) => {
    tried.push(id);
    if (id === 'broken') throw new RingfenceError('verify_failed', 'It was changed.');
    return {};
  };
  const sealer = { open, seal: () => '', rewrap: () => null };
  const store = { accounts: { list: () => Promise.resolve(records) } } as unknown as Store;
  const closedAccounts = createClosedAccounts({ store, sealers: { account: sealer } });
  const look = async (): Promise<string> => `${(await closedAccounts()).length} ${tried.splice(0).join(' ')}`;
  assert.equal(await look(), '1 a b broken');
  assert.equal(await look(), '1 broken');
  records = [account('a', { testedAt: 1 }), account('b', { upstream: 'https://elsewhere.example' })];
  assert.equal(await look(), '0 b');
  records = [account('a', { sealed: 'changed' }), account('new')];
  assert.equal(await look(), '0 a new');
});
