import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from '../kernel/turns.ts';
import type { Store } from '../store/ports.ts';
import { createRules } from './rules.ts';

test('a kill switch that was read before another does not take its place', async () => {
  const slow = Promise.withResolvers<readonly string[]>();
  const reads = [slow.promise, Promise.resolve(['first', 'second'])];
  const store = { kills: { list: () => reads.shift() } } as unknown as Store;
  const told: unknown[] = [];
  const broadcast = async (part: unknown): Promise<void> => void told.push(part);
  const { refreshers } = createRules({ store, lock: createTurns() }, { broadcast });
  const both = [refreshers.refreshKills(), refreshers.refreshKills()];
  setImmediate(() => slow.resolve(['first']));
  await Promise.all(both);
  assert.deepEqual(told.at(-1), { kind: 'kills', all: ['first', 'second'] });
});

test('a process that hangs does not hold up what comes next', async () => {
  const store = { kills: { list: () => Promise.resolve([]) } } as unknown as Store;
  const waits = [new Promise<void>(() => {}), Promise.resolve()];
  const broadcast = (): Promise<void> => waits.shift() ?? Promise.resolve();
  const { refreshers } = createRules({ store, lock: createTurns() }, { broadcast });
  void refreshers.refreshKills();
  await refreshers.refreshKills();
});
