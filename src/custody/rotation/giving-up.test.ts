import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RingfenceError } from '../../kernel/errors.ts';
import { live, rotate, rotationWorld, STYLES } from './rotation-fixture.ts';

for (const style of STYLES)
  describe(`a rotation at a vendor of the style ${style} that comes to nothing`, () => {
    it('says why nothing came of it when the vendor is not reached', async () => {
      const world = await rotationWorld(style);
      const said =
        'api.acme.example could not be reached (ENOTFOUND: its name is not found); nothing was sent';
      let isAway = false;
      const { send } = world.vendor;
      world.vendor.send = (wire) => {
        isAway ||= wire.method === 'POST';
        return isAway ? Promise.reject(new RingfenceError('upstream_unreachable', said)) : send(wire);
      };
      const { record } = await rotate(world);
      assert.equal(record.phase, 'rolled-back');
      assert.ok(record.problem?.includes(said), record.problem ?? '');
      assert.equal(await world.inUse(), 'realtoken');
      assert.equal(record.steps.at(-1)?.note, 'The old credential is in use; no other was made.');
      assert.ok((record.endedAt ?? 0) - record.startedAt < 2000, 'it kept the operator waiting');
    });

    it('warns of a credential that may exist when the request may have been sent before the vendor was gone', async () => {
      const world = await rotationWorld(style);
      let isAway = false;
      const { send } = world.vendor;
      world.vendor.send = async (wire) => {
        if (isAway) throw new RingfenceError('upstream_unreachable');
        isAway = wire.method === 'POST';
        if (!isAway) return send(wire);
        throw new RingfenceError('upstream_unknown');
      };
      const { record } = await rotate(world);
      assert.equal(record.phase, 'rolled-back');
      assert.match(record.steps.at(-1)?.note ?? '', /Delete the unused one at the vendor/);
    });

    it('journals once why it gave up', async () => {
      const world = await rotationWorld(style);
      world.vendor.intercept = (what) => (what === 'POST tokens' ? { status: 403 } : null);
      const { record } = await rotate(world);
      const reason = record.problem ?? '';
      const gaveUp = world.details[world.acts.indexOf('rotation.rolling-back')];
      assert.deepEqual([gaveUp?.['note'], gaveUp?.['problem']], [reason, undefined]);
    });

    it('leaves everything as it was when the vendor refuses a second credential', async () => {
      const world = await rotationWorld(style);
      world.vendor.intercept = (what) => (what === 'POST tokens' ? { status: 403 } : null);
      const { record } = await rotate(world);
      assert.equal(record.phase, 'rolled-back');
      assert.match(record.problem ?? '', /403.*two already/);
      assert.deepEqual(live(world), ['realtoken']);
      assert.ok(
        !world.vendor.requests.some((what) => what.startsWith('DELETE')),
        'it ended what it had not made',
      );
    });
  });
