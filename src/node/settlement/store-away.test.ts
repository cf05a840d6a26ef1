import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './settlement-fixture.ts';

const HELLO = { To: '+4915215551234', Body: 'hello' };

test('a store that does not take what was learned costs no row its turn', async (context) => {
  let isAway = false;
  const book = () => assert.ok(!isAway, 'the store is away');
  const world = await openWorld(context, { grace: 0, book });
  await world.settlement.round();
  await world.advance(600_000);
  const late = await world.send(HELLO);
  const lost = await world.lose(HELLO, true);
  await world.advance(120_000);
  isAway = true;
  await assert.rejects(world.settlement.prices(), /the store is away/);
  await assert.rejects(world.settlement.outcomes(), /the store is away/);
  isAway = false;
  await world.advance(1000);
  assert.deepEqual(await world.settlement.round(), { settled: 1, resolved: 1 });
  assert.deepEqual([(await world.row(late)).settled, (await world.row(lost)).state], [true, 'committed']);
});
