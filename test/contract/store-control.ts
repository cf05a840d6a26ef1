import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountRecord, BudgetRecord, PriceRecord } from '../../src/store/records.ts';
import { key, money } from './store-builders.ts';
import type { EngineUnderTest } from './store-engines.ts';
import { storeWorld } from './store-world.ts';

const account: AccountRecord = {
  id: 'account_1',
  vendor: 'example',
  name: 'Hauptkonto "ä"',
  fields: { accountSid: 'AC1' },
  sealed: 'sealed text',
  upstream: null,
  currency: 'USD',
  createdAt: 1,
  testedAt: null,
};

const budget: BudgetRecord = {
  id: 'budget_1',
  name: 'daily',
  scope: { apps: ['app_1'] },
  unit: 'money',
  currency: 'USD',
  limit: money(5_000_000),
  window: { kind: 'sliding', milliseconds: 3_600_000 },
  rates: { EUR: money(1_100_000) },
  createdAt: 2,
};

const price: PriceRecord = {
  vendor: 'example',
  account: null,
  item: 'message.send/sms',
  prefix: '49',
  amount: money(79_000),
  currency: 'USD',
  unit: 'segment',
  increment: 1,
  from: 0,
  kind: 'price',
};

export function controlContract(engine: EngineUnderTest): void {
  describe('control plane', () => {
    const world = storeWorld(engine);

    it('gives records back as they were written, also after opening again', async () => {
      await world.store.accounts.put(account);
      await world.store.budgets.put(budget);
      await world.sandbox.reopen();
      assert.deepEqual(await world.store.accounts.get('account_1'), account);
      assert.deepEqual(await world.store.budgets.list(), [budget]);
      assert.equal(await world.store.accounts.get('account_2'), null);
    });

    it('replaces a record with the same id', async () => {
      await world.store.budgets.put({ ...budget, limit: money(7) });
      assert.equal((await world.store.budgets.get('budget_1'))?.limit, 7);
      assert.equal((await world.store.budgets.list()).length, 1);
    });

    it('keeps collections apart', async () => {
      await world.store.apps.put({ id: 'account_1', name: account.name, createdAt: 1 });
      assert.deepEqual(await world.store.accounts.get('account_1'), account);
    });

    it('refuses a second record with the same name, and frees the name when the first is removed', async () => {
      const second = { ...account, id: 'account_2' };
      await assert.rejects(world.store.accounts.put(second), {
        code: 'conflict',
        message: `The account name ${JSON.stringify(account.name)} is taken.`,
      });
      assert.equal(await world.store.accounts.get('account_2'), null);
      assert.equal(await world.store.accounts.remove('account_1'), true);
      assert.equal(await world.store.accounts.remove('account_1'), false);
      await world.store.accounts.put(second);
    });

    it('stores kill switches, which have no name', async () => {
      for (const id of ['kill_1', 'kill_2'])
        await world.store.kills.put({
          id,
          scope: 'all',
          target: '',
          reason: 'test',
          actor: 'me',
          createdAt: 1,
        });
      assert.equal((await world.store.kills.list()).length, 2);
    });

    it('treats text that looks like SQL as text', async () => {
      const name = `'); DROP TABLE record; --`;
      await world.store.apps.put({ id: `x' OR '1'='1`, name, createdAt: 1 });
      assert.equal((await world.store.apps.get(`x' OR '1'='1`))?.name, name);
      assert.equal(await world.store.apps.get(`y' OR '1'='1`), null);
    });

    it('appends policy versions only on top of the version that the author saw', async () => {
      const policy = { source: 'rules: []', createdAt: 1, actor: 'me' };
      assert.equal(await world.store.policies.active(), null);
      assert.deepEqual(await world.store.policies.put(policy, 0), { ...policy, version: 1 });
      await assert.rejects(world.store.policies.put(policy, 0), { code: 'conflict' });
      await world.store.policies.put({ ...policy, source: 'rules: [a]' }, 1);
      assert.equal((await world.store.policies.active())?.source, 'rules: [a]');
      assert.deepEqual(
        (await world.store.policies.list()).map((one) => one.version),
        [1, 2],
      );
    });

    it('lets exactly one of several authors win', async () => {
      const policy = { source: 'race', createdAt: 1, actor: 'me' };
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => world.store.policies.put(policy, 2)),
      );
      assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1);
    });

    it('adds price rows and replaces those with the same coordinates', async () => {
      const special = { ...price, account: 'account_2' };
      assert.equal(await world.store.prices.put([price, special, { ...price, from: 9 }]), 3);
      await world.store.prices.put([{ ...price, amount: money(80_000), kind: 'ceiling' }]);
      const changed = { ...price, amount: money(80_000), kind: 'ceiling' } as const;
      assert.deepEqual(await world.store.prices.list({ limit: 9 }), [
        changed,
        { ...price, from: 9 },
        special,
      ]);
      assert.equal(await world.store.prices.remove('example', 'ceiling'), 1);
      assert.equal(await world.store.prices.remove('example'), 2);
    });

    it('gives no more prices than are asked for, and those that fit alone', async () => {
      const all = ['1', '4', '49', '491', ''].flatMap((prefix) =>
        ['call.create/voice', 'lookup'].flatMap((item) =>
          ['example', 'other'].map((vendor): PriceRecord => ({ ...price, vendor, item, prefix })),
        ),
      );
      await world.store.prices.put([...all, { ...price, account: 'account_2', currency: 'EUR' }]);
      const listed = (filter: Parameters<typeof world.store.prices.list>[0]) =>
        world.store.prices.list(filter);
      const prefixes = (rows: readonly PriceRecord[]) => rows.map(({ prefix }) => prefix);
      const only = { vendor: 'other', item: 'lookup', limit: 3 };
      assert.deepEqual(prefixes(await listed({ ...only, prefix: '4' })), ['4', '49', '491']);
      assert.deepEqual(prefixes(await listed(only)), ['', '1', '4']);
      assert.equal((await listed({ limit: 100, item: 'lookup' })).length, 10);
      assert.equal((await listed({ limit: 100, vendor: 'example' })).length, 11);
      assert.deepEqual(await listed({ limit: 100, vendor: 'nobody' }), []);
      assert.deepEqual(await world.store.prices.currencies('example'), ['USD']);
      assert.deepEqual(await world.store.prices.currencies('nobody'), []);
    });

    it('pages through all prices in one order', async () => {
      const seen: PriceRecord[] = [];
      for (let page = await world.store.prices.page(null, 4); page.length > 0;) {
        seen.push(...page);
        page = await world.store.prices.page(page.at(-1) ?? null, 4);
      }
      assert.equal(seen.length, 21);
      assert.deepEqual(seen, await world.store.prices.list({ limit: 100 }));
      assert.equal(await world.store.prices.remove('example'), 11);
      assert.equal(await world.store.prices.remove('other'), 10);
    });

    it('keeps settings', async () => {
      assert.equal(await world.store.settings.get('clock'), null);
      await world.store.settings.put('clock', '1');
      await world.store.settings.put('clock', '2');
      assert.equal(await world.store.settings.get('clock'), '2');
    });

    it('finds some settings at once', async () => {
      await world.store.settings.put("it's one", '1');
      await world.store.settings.put('two', '2');
      const found = await world.store.settings.some(['two', "it's one", 'none']);
      assert.deepEqual(
        [...found].toSorted(([one], [other]) => Number(one > other) - Number(one < other)),
        [
          ["it's one", '1'],
          ['two', '2'],
        ],
      );
      assert.equal((await world.store.settings.some([])).size, 0);
    });

    it('undoes only the refused one of several writes that arrive together', async () => {
      const results = await Promise.allSettled([
        world.store.settings.put('first', 'kept'),
        world.store.accounts.put({ ...account, id: 'account_3' }),
        world.store.settings.put('second', 'kept'),
      ]);
      assert.deepEqual(
        results.map((one) => one.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.equal(await world.store.settings.get('first'), 'kept');
      assert.equal(await world.store.settings.get('second'), 'kept');
    });
  });

  describe('virtual keys', () => {
    const world = storeWorld(engine);

    it('pages through all keys in order of id', async () => {
      const ids = Array.from({ length: 25 }, (_, index) => `key_${String(index).padStart(3, '0')}`);
      await Promise.all(ids.map((id) => world.store.keys.put(key(id))));
      const seen: string[] = [];
      for (let next = await world.store.keys.page('', 10); next.length > 0;) {
        seen.push(...next.map((one) => one.id));
        next = await world.store.keys.page(seen.at(-1) ?? '', 10);
      }
      assert.deepEqual(seen, ids);
      assert.deepEqual(
        await world.store.keys.list(),
        ids.map((id) => key(id)),
      );
    });

    it('pages through all keys in order of name, also where several bear one', async () => {
      const names = ['b', 'a', 'B', 'a', 'ä', 'a'];
      const all = names.map((name, place) => key(`key_named_${place}`, { name, state: 'revoked' }));
      for (const one of all) await world.store.keys.put(one);
      const seen: string[] = [];
      for (let page = await world.store.keys.pageByName(null, 2); page.length > 0;) {
        seen.push(...page.map(({ id }) => id));
        page = await world.store.keys.pageByName(seen.at(-1) ?? null, 2);
      }
      const named = seen.filter((id) => id.startsWith('key_named'));
      assert.deepEqual(
        named.map((id) => Number(id.at(-1))),
        [2, 1, 3, 5, 0, 4],
      );
      assert.equal(seen.length, (await world.store.keys.list()).length);
      assert.deepEqual(await world.store.keys.pageByName('nobody', 2), []);
      assert.deepEqual(
        new Set(await world.store.keys.find('a')),
        new Set([1, 3, 5].map((place) => all[place])),
      );
      assert.deepEqual(await world.store.keys.find('key_named_4'), [all[4]]);
      assert.deepEqual(await world.store.keys.find('nobody'), []);
      for (const { id } of all) await world.store.keys.remove(id);
    });

    it('moves the last use forward only', async () => {
      await world.store.keys.touch(
        new Map([
          ['key_001', 50],
          ['key_002', 60],
          ['nobody', 1],
        ]),
      );
      await world.store.keys.touch(new Map([['key_001', 40]]));
      await world.store.keys.put(key('key_002', { publicId: 'changed' }));
      assert.equal((await world.store.keys.get('key_001'))?.lastUsedAt, 50);
      assert.deepEqual(
        await world.store.keys.get('key_002'),
        key('key_002', { publicId: 'changed', lastUsedAt: 60 }),
      );
    });

    it('refuses a name that another live key has', async () => {
      await assert.rejects(world.store.keys.put(key('key_new', { name: 'name of key_003' })), {
        code: 'conflict',
      });
      assert.equal(await world.store.keys.get('key_new'), null);
    });

    it('frees the name of a revoked key', async () => {
      await world.store.keys.put(key('key_003', { state: 'revoked', revokedAt: 5 }));
      await world.store.keys.put(key('key_new', { name: 'name of key_003' }));
      await assert.rejects(world.store.keys.put(key('key_003')), { code: 'conflict' });
    });

    it('lets a key carry the name of those that it replaces', async () => {
      const name = 'name of key_004';
      await world.store.keys.put(key('key_005a', { name, replaces: 'key_004' }));
      await world.store.keys.put(key('key_006a', { name, replaces: 'key_005a' }));
      await world.store.keys.put(key('key_004', { networks: ['10.0.0.0/8'] }));
      await assert.rejects(world.store.keys.put(key('key_007a', { name })), { code: 'conflict' });
    });

    it('removes a key', async () => {
      assert.equal(await world.store.keys.remove('key_010'), true);
      assert.equal(await world.store.keys.remove('key_010'), false);
      assert.equal(await world.store.keys.get('key_010'), null);
    });
  });
}
