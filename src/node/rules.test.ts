import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyedLock } from '../kernel/keyed-lock.ts';
import type { Store } from '../store/ports.ts';
import { PAGE } from '../store/pages.ts';
import type { Part } from './processes/messages.ts';
import { createPolicyInForce } from './policy-in-force.ts';
import { createRules } from './rules.ts';

for (const [kind, name] of [
  ['budgets', 'refreshBudgets'],
  ['apps', 'refreshApps'],
] as const)
  test(`what was read of ${kind} before one more does not take its place`, async () => {
    const slow = Promise.withResolvers<readonly { readonly id: string }[]>();
    const reads = [slow.promise, Promise.resolve([{ id: 'first' }, { id: 'second' }])];
    const store = { [kind]: { list: () => reads.shift() } } as unknown as Store;
    const told: unknown[] = [];
    const broadcast = async (part: unknown): Promise<void> => void told.push(part);
    const { refreshers } = createRules(
      { store, lock: createKeyedLock(), policyInForce: createPolicyInForce(store) },
      { broadcast },
    );
    const both = [refreshers[name](), refreshers[name]()];
    setImmediate(() => slow.resolve([{ id: 'first' }]));
    await Promise.all(both);
    assert.deepEqual(told.at(-1), { kind, all: [{ id: 'first' }, { id: 'second' }] });
  });

test('prices are told in pages, and what comes meanwhile in between', async () => {
  const rows = Array.from({ length: 2 * PAGE + 1 }, (_, place) => place);
  const store = {
    prices: {
      page: (after: number | null, limit: number) =>
        Promise.resolve(rows.slice((after ?? -1) + 1, (after ?? -1) + 1 + limit)),
    },
    apps: { list: () => Promise.resolve([]) },
  } as unknown as Store;
  const told: Part[] = [];
  const { refreshers } = createRules(
    { store, lock: createKeyedLock(), policyInForce: createPolicyInForce(store) },
    {
      async broadcast(part) {
        told.push(part);
        if (told.length === 1) await refreshers.refreshApps();
      },
    },
  );
  await refreshers.refreshPrices();
  const pages = told.filter((part) => part.kind === 'prices');
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['prices', 'apps', 'prices', 'prices'],
  );
  assert.deepEqual(
    pages.map((part) => [part.rows.length, part.number, part.isLast]),
    [
      [PAGE, 0, false],
      [PAGE, 1, false],
      [1, 2, true],
    ],
  );
  assert.deepEqual(
    pages.flatMap((part) => part.rows),
    rows,
  );
  assert.equal(new Set(pages.map(({ book }) => book)).size, 1);
});

test('a process that hangs does not hold up what comes next', async () => {
  const store = { apps: { list: () => Promise.resolve([]) } } as unknown as Store;
  const waits = [new Promise<void>(() => {}), Promise.resolve()];
  const broadcast = (): Promise<void> => waits.shift() ?? Promise.resolve();
  const { refreshers } = createRules(
    { store, lock: createKeyedLock(), policyInForce: createPolicyInForce(store) },
    { broadcast },
  );
  void refreshers.refreshApps();
  await refreshers.refreshApps();
});
