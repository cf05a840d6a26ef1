import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Foundation } from './foundation.ts';
import { createBackgroundWork } from './background-work.ts';

function world(...rounds: readonly (() => Promise<unknown>)[]) {
  const said: string[] = [];
  const saved: string[] = [];
  const foundation = {
    store: { settings: { put: async (_name: string, value: string) => void saved.push(value) } },
    clock: { ledger: () => 7 },
  };
  const work = createBackgroundWork({
    foundation: foundation as unknown as Foundation,
    supervisor: { reports: async () => [] },
    rounds,
    every: 5,
    say: (line) => void said.push(line),
  });
  return { work, said, saved };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !isTrue(); await sleep(5))
    assert.ok(performance.now() < end, 'it does not become true');
}

describe('background work', () => {
  it('keeps the ledger time while a vendor does not answer, and ends without waiting for it', async () => {
    const { work, saved } = world(() => new Promise(() => {}));
    work.start();
    await until(() => saved.length >= 3);
    assert.ok(saved.every((time) => time === '7'));
    work.stop();
    await work.ended();
  });

  it('goes on with one kind of settlement while another waits for a vendor', async () => {
    let rounds = 0;
    const waits = () => new Promise(() => {});
    const { work } = world(waits, async () => void (rounds += 1), waits);
    work.start();
    await until(() => rounds >= 3);
    work.stop();
  });

  it('goes on after failures, of which it tells the beginning and the end', async () => {
    let rounds = 0;
    const { work, said } = world(async () => {
      rounds += 1;
      if (rounds < 5) throw new Error('the vendor said no');
    });
    work.start();
    await until(() => rounds > 6);
    work.stop();
    await work.ended();
    assert.deepEqual(said, ['background work: the vendor said no', 'background work: goes on again']);
  });
});
