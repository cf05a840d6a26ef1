import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from '../kernel/turns.ts';
import type { Store } from '../store/ports.ts';
import { createPolicyInForce } from './policy-in-force.ts';
import { createRules } from './rules.ts';

for (const [kind, name] of [
  ['prices', 'refreshPrices'],
  ['apps', 'refreshApps'],
] as const)
  test(`what was read of ${kind} before one more does not take its place`, async () => {
    const slow = Promise.withResolvers<readonly string[]>();
    const reads = [slow.promise, Promise.resolve(['first', 'second'])];
    const store = { [kind]: { list: () => reads.shift() } } as unknown as Store;
    const told: unknown[] = [];
    const broadcast = async (part: unknown): Promise<void> => void told.push(part);
    const { refreshers } = createRules(
      { store, lock: createTurns(), policyInForce: createPolicyInForce(store) },
      { broadcast },
    );
    const both = [refreshers[name](), refreshers[name]()];
    setImmediate(() => slow.resolve(['first']));
    await Promise.all(both);
    assert.deepEqual(told.at(-1), { kind, all: ['first', 'second'] });
  });

test('a process that hangs does not hold up what comes next', async () => {
  const store = { apps: { list: () => Promise.resolve([]) } } as unknown as Store;
  const waits = [new Promise<void>(() => {}), Promise.resolve()];
  const broadcast = (): Promise<void> => waits.shift() ?? Promise.resolve();
  const { refreshers } = createRules(
    { store, lock: createTurns(), policyInForce: createPolicyInForce(store) },
    { broadcast },
  );
  void refreshers.refreshApps();
  await refreshers.refreshApps();
});
