import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { CLOCK } from './store-builders.ts';

const CHILD = fileURLToPath(new URL('./store-crash-child.ts', import.meta.url));
const ROUNDS = Number(process.env['RINGFENCE_RUNS'] ?? 6);

/** Highest acknowledged cursor by node, last written count, and all acknowledged grants. */
interface Acknowledged {
  readonly last: Map<string, number>;
  granted: number;
}

describe('a process that is killed while it works on the store', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('loses nothing that was acknowledged, and leaves sums that agree', async () => {
    const path = join(directory, 'store.db');
    let granted = 0;
    for (let epoch = 1; epoch <= ROUNDS; epoch++) {
      const known = await runUntilKilled(path, epoch, 150 + Math.random() * 400);
      granted += known.granted;
      const store = await openSqliteStore({ path, clock: CLOCK });
      try {
        for (const node of ['w0', 'w1']) {
          const cursor = (await store.ledger.cursors(node)).find((one) => one.epoch === epoch);
          assert.ok((cursor?.position ?? 0) >= (known.last.get(node) ?? 0), `${node} lost a load`);
        }
        assert.ok(Number(await store.settings.get('count')) >= (known.last.get('count') ?? 0));
        const [period] = await store.leases.periods('budget', 0);
        // Each loaded row cost 1 and gave 1 of its 2 back, so nothing but grants changes this sum.
        const held = (period?.spent ?? 0) + (period?.leased ?? 0);
        assert.ok(held >= granted, `holds ${held}, acknowledged ${granted}`);
        granted = held;
        const verified = await store.ledger.verify();
        assert.deepEqual(verified.problems, []);
        assert.ok(verified.rows > 0);
      } finally {
        await store.close();
      }
    }
  });
});

async function runUntilKilled(path: string, epoch: number, milliseconds: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [CHILD, path, String(epoch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  const started = once(child.stdout, 'data');
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await started;
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await once(child, 'close');
  return read(Buffer.concat(chunks).toString());
}

function read(output: string): Acknowledged {
  const acknowledged: Acknowledged = { last: new Map(), granted: 0 };
  // The last line may be torn.
  for (const line of output.split('\n').slice(0, -1))
    for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, number>))
      if (name === 'granted') acknowledged.granted += value;
      else acknowledged.last.set(name, value);
  return acknowledged;
}
