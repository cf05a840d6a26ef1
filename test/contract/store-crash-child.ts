import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { batch, CLOCK, committed, grantRequest, money, reserve, row } from './store-builders.ts';

// Works on a store until it is killed. Each line on stdout is an acknowledged effect.
const [path = '', epochText = '1'] = process.argv.slice(2);
const epoch = Number(epochText);
const store = await openSqliteStore({ path, clock: CLOCK });

function acknowledge(effect: Readonly<Record<string, number>>): void {
  writeSync(1, `${JSON.stringify(effect)}\n`);
}

async function load(node: string): Promise<void> {
  for (let from = 0; ; from += 60) {
    const positions = Array.from({ length: 30 }, (_, index) => from + index);
    const life = { node, epoch };
    const rows = positions.map((position) =>
      row(position, { ...life, bound: money(2), reserves: [reserve(2)] }),
    );
    const outcomes = positions.map((position) =>
      committed(position, 1, { of: { ...life, position }, resourceIds: [`${node} ${epoch} ${position}`] }),
    );
    const { granted } = await store.leases.grant(
      grantRequest({ ...life, limit: money(1e12), want: money(60) }),
    );
    acknowledge({ granted });
    await store.ledger.load(batch(from, from + 60, { ...life, rows, outcomes }));
    acknowledge({ [node]: from + 60 });
  }
}

async function write(): Promise<void> {
  for (let count = 1; ; count++) {
    await store.settings.put('count', String(count));
    acknowledge({ count });
  }
}

await Promise.all([load('w0'), load('w1'), write()]);
