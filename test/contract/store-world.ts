import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Store } from '../../src/store/ports.ts';
import type { LedgerRecord } from '../../src/store/records.ts';
import { DAY, point } from './store-builders.ts';
import type { EngineUnderTest, Sandbox } from './store-engines.ts';

/** A store for the tests around: made before the first, disposed of after the last. */
export interface StoreWorld {
  readonly sandbox: Sandbox;
  /** The store, also after it was opened again. */
  readonly store: Store;
  /** spent, leased, presumed of a budget today; the test's own unless another is named. */
  sums(budget?: string): Promise<number[]>;
  assertClean(): Promise<void>;
  get(position: number): Promise<LedgerRecord | null>;
}

export function storeWorld(engine: EngineUnderTest): StoreWorld {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await engine.create();
  });
  after(() => sandbox.dispose());
  return {
    get sandbox() {
      return sandbox;
    },
    get store() {
      return sandbox.store;
    },
    async sums(budget = 'budget') {
      const period = (await sandbox.store.leases.periods(budget, DAY)).find((one) => one.period === DAY);
      return period === undefined ? [0, 0, 0] : [period.spent, period.leased, period.presumed];
    },
    async assertClean() {
      assert.deepEqual((await sandbox.store.ledger.verify()).problems, []);
    },
    get: (position) => sandbox.store.ledger.get(point(position)),
  };
}
