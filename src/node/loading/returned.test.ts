import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { segmentPath } from '../../journal/segments.ts';
import { micros } from '../../kernel/money.ts';
import { loadReturned } from './returned.ts';
import { openWorld } from './shipper-fixture.ts';

test('a file that is put back later is loaded at the next start: what it spent is counted, also where that was released', async (t) => {
  for (const { forgiven, presumed } of [
    { forgiven: 0, presumed: 940 },
    { forgiven: 955, presumed: 0 },
    { forgiven: 970, presumed: 0 },
  ]) {
    const world = await openWorld(t);
    await world.live(6);
    const path = segmentPath(world.directory, { epoch: 1, position: 0 });
    const whole = readFileSync(path);
    world.spoil(1, 5);
    const shipper = await world.ship();
    await shipper.drain();
    await world.live(2);
    await shipper.drain();
    await shipper.close();
    assert.deepEqual(await world.period(), { spent: 50, leased: 980, presumed: 970 });
    await world.store.leases.forgive('b', 0, micros(forgiven));

    const said: string[] = [];
    const returned = { ...world.store, node: 'w0', directory: world.directory };
    const load = () => loadReturned({ ...returned, say: (line) => said.push(line) });
    await load();
    assert.deepEqual(said, [], 'it is still damaged');
    writeFileSync(path, whole);
    await load();
    assert.deepEqual(await world.period(), { spent: 80, leased: 980, presumed });
    await load();
    assert.deepEqual(await world.period(), { spent: 80, leased: 980, presumed });
    assert.deepEqual(said, ['journal of w0: what was lost of epoch 1 is there again, and is loaded']);
    assert.equal(
      (await world.store.ledger.pending('unknown', 10)).length,
      6,
      'to be looked up at the vendor',
    );
    assert.deepEqual((await world.store.ledger.verify()).problems, []);
    const next = await world.ship();
    await next.drain();
    assert.deepEqual(await world.period(), { spent: 80, leased: 980, presumed });
  }
});
