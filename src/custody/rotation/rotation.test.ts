import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import {
  live,
  REQUEST,
  rotate,
  rotationWorld,
  STYLES,
  type RotationWorld,
  type Style,
} from './rotation-fixture.ts';

/** The one thing that must hold at every moment: what the gateway sends with is accepted. */
async function assertWorks(world: RotationWorld): Promise<void> {
  assert.ok(live(world).includes(await world.inUse()), 'the account has no working credential');
}

for (const style of STYLES)
  describe(`rotation at a vendor of the style ${style}`, () => {
    it('ends with a new credential in use and the old one dead', async () => {
      const world = await rotationWorld(style);
      const { record } = await rotate(world);
      assert.equal(record.phase, 'done', record.problem ?? '');
      assert.deepEqual(live(world), [await world.inUse()]);
      assert.notEqual(await world.inUse(), 'realtoken');
      assert.deepEqual(
        record.steps.map(({ phase }) => phase),
        ['creating', 'verifying', 'switching', 'watching', 'retiring', 'done'],
      );
    });

    it('journals each step before it happens', async () => {
      const world = await rotationWorld(style);
      await rotate(world);
      const acts = world.acts.map((act) => act.replace('rotation.', ''));
      assert.deepEqual(
        [...new Set(acts)],
        ['creating', 'verifying', 'switching', 'watching', 'retiring', 'done'],
      );
    });

    it('survives the end of the process before any effect whatsoever', async () => {
      const effects = await countEffects(style);
      assert.ok(effects > 15, `only ${effects} effects`);
      for (let place = 0; place < effects; place++) {
        const world = await rotationWorld(style);
        await crashAt(world, place);
        await assertWorks(world);
        const rotations = world.open();
        await rotations.resume();
        const record = await rotations.settled('account_1');
        await assertWorks(world);
        if (record === null) continue; // It ended before it had begun.
        assert.equal(record.phase, 'done', `${place}: ${record.problem ?? ''}`);
        assert.deepEqual(live(world), [await world.inUse()], `after a crash at ${place}`);
      }
    });

    it('takes it up when the answer to the creation is lost', async () => {
      const world = await rotationWorld(style);
      let lost = 0;
      world.vendor.intercept = (what) =>
        what === 'POST tokens' && lost++ === 0 ? { status: 502, after: true } : null;
      const { record } = await rotate(world);
      assert.equal(record.phase, 'done', record.problem ?? '');
      assert.deepEqual(live(world), [await world.inUse()]);
    });

    it('leaves no credential behind that was made with an answer that cannot be read', async () => {
      const world = await rotationWorld(style);
      world.vendor.intercept = (what) => (what === 'POST tokens' ? { status: 200, after: true } : null);
      const { record } = await rotate(world);
      assert.match(record.phase, /^(done|rolled-back)$/);
      assert.deepEqual(live(world), [await world.inUse()]);
    });

    it('goes back when apps are refused with the new credential, and ends the new one', async () => {
      const world = await rotationWorld(style);
      const rotations = world.open();
      world.beforeEffect = () => {
        if (world.acts.at(-1) === 'rotation.watching') world.refusals = 3;
      };
      await rotations.start(REQUEST);
      const record = await rotations.settled('account_1');
      assert.equal(record?.phase, 'rolled-back');
      assert.deepEqual(live(world), ['realtoken']);
      assert.equal(await world.inUse(), 'realtoken');
    });

    it('does not go back to a credential that has died meanwhile', async () => {
      const world = await rotationWorld(style);
      const rotations = world.open();
      world.beforeEffect = () => {
        if (world.acts.at(-1) !== 'rotation.watching') return;
        world.refusals = 3;
        const dead = [...world.vendor.tokens].find(([, { token }]) => token === 'realtoken');
        if (dead !== undefined) world.vendor.tokens.delete(dead[0]);
      };
      await rotations.start(REQUEST);
      const record = await rotations.settled('account_1');
      assert.equal(record?.phase, 'done', record?.problem ?? '');
      await assertWorks(world);
    });
  });

test('refusals that there were before do not hold a rotation up', async () => {
  const world = await rotationWorld('keys');
  world.refusals = 5;
  world.beforeEffect = () => {
    if (world.acts.at(-1) === 'rotation.watching') world.refusals = 9;
  };
  assert.equal((await rotate(world)).record.phase, 'done');
});

test('a forced rotation goes on over refusals', async () => {
  const world = await rotationWorld('keys');
  world.beforeEffect = () => {
    if (world.acts.at(-1) === 'rotation.watching') world.refusals = 9;
  };
  assert.equal((await rotate(world, { isForced: true })).record.phase, 'done');
});

test('a failure that is not of our own words is told without them: they may hold anything', async () => {
  const world = await rotationWorld('keys');
  let isOver = false;
  world.beforeEffect = () => {
    if (isOver || world.acts.at(-1) !== 'rotation.switching') return;
    isOver = true;
    throw new Error('cannot put {"token":"realtoken"}');
  };
  const { record } = await rotate(world);
  assert.equal(record.problem, 'It stopped at an unexpected error.');
  assert.deepEqual(world.incidents, ['rotation halted']);
});

test('a vendor that keeps the old credential alive makes it stop and say so; asking again goes on', async () => {
  const world = await rotationWorld('keys');
  world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 400 } : null);
  const { record, rotations } = await rotate(world);
  assert.equal(record.phase, 'retiring');
  assert.match(record.problem ?? '', /still accepts the old credential.*400/);
  assert.deepEqual(world.incidents, ['rotation halted']);
  assert.equal(rotations.isRunning('account_1'), false);
  await assertWorks(world);
  world.vendor.intercept = () => null;
  await rotations.start(REQUEST);
  assert.equal((await rotations.settled('account_1'))?.phase, 'done');
});

/** The vendor knows the old credential, but it may not read what the test asks for. */
async function withRestrictedOld(style: Style): Promise<RotationWorld> {
  const world = await rotationWorld(style);
  const { send } = world.vendor;
  world.vendor.send = async (wire) => {
    const isOld = wire.headers['authorization'] === 'Bearer realtoken' && live(world).includes('realtoken');
    const answer = await send(wire);
    return isOld && wire.segments[0] === 'me' ? { ...answer, status: 403 } : answer;
  };
  return world;
}

for (const style of ['chosen', 'keys'] as const) {
  test(`${style}: an old credential that may not read what is asked is ended all the same`, async () => {
    const world = await withRestrictedOld(style);
    const { record } = await rotate(world);
    assert.equal(record.phase, 'done', record.problem ?? '');
    assert.deepEqual(live(world), [await world.inUse()]);
  });

  test(`${style}: it is not called ended when the vendor did not end it`, async () => {
    const world = await withRestrictedOld(style);
    world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 403 } : null);
    const { record } = await rotate(world);
    assert.equal(record.phase, 'retiring');
    assert.match(record.problem ?? '', /answered 403/);
    assert.deepEqual(world.incidents, ['rotation halted']);
  });
}

test('an old credential that the new one may not end is ended by a person, whose word counts', async () => {
  const world = await rotationWorld('keys');
  world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 403 } : null);
  const { record, rotations } = await rotate(world);
  assert.equal(record.phase, 'retiring');
  for (const [id, { token }] of world.vendor.tokens)
    if (token === 'realtoken') world.vendor.tokens.delete(id);
  await rotations.start(REQUEST);
  assert.match((await rotations.settled('account_1'))?.problem ?? '', /answered 403.*--force/);
  await rotations.start({ ...REQUEST, isForced: true });
  assert.equal((await rotations.settled('account_1'))?.phase, 'done');
});

test('when the vendor refuses the new credential too, the old one is not taken for dead', async () => {
  const world = await rotationWorld('second');
  world.beforeEffect = () => {
    if (world.acts.at(-1) === 'rotation.retiring') world.vendor.intercept = () => ({ status: 403 });
  };
  const { record } = await rotate(world);
  assert.equal(record.phase, 'retiring');
  assert.match(record.problem ?? '', /did not accept the new credential/);
});

test('one that halted ends when another credential is sealed by hand', async () => {
  const world = await rotationWorld('keys');
  world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 400 } : null);
  const { rotations } = await rotate(world);
  await rotations.abandon('account_1');
  assert.equal((await rotations.get('account_1'))?.phase, 'rolled-back');
  await rotations.resume();
  assert.equal(rotations.isRunning('account_1'), false);
});

test('the staged credential is not sent to another server to which the account was turned meanwhile', async () => {
  const world = await rotationWorld('keys');
  const end = () => {
    throw new Error('the process is gone');
  };
  world.vendor.intercept = () => {
    if (world.acts.at(-1) !== 'rotation.verifying') return null;
    world.beforeEffect = end;
    return end();
  };
  const begun = world.open();
  await begun.start(REQUEST);
  await begun.settled('account_1');
  world.beforeEffect = () => {};
  const record = await world.accounts.get('account_1');
  assert.ok(record);
  await world.accounts.put({ ...record, upstream: 'https://thief.example' });
  const sent: string[] = [];
  world.vendor.intercept = (what) => {
    sent.push(what);
    return null;
  };
  const rotations = world.open();
  await rotations.resume();
  const halted = await rotations.settled('account_1');
  assert.equal(halted?.phase, 'verifying');
  assert.match(halted.problem ?? '', /belongs to other settings/);
  assert.deepEqual(sent, []);
});

test('what has halted goes on in the name of whoever asks for it', async () => {
  const world = await rotationWorld('keys');
  world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 400 } : null);
  const { rotations } = await rotate(world);
  world.vendor.intercept = () => null;
  await rotations.start({ ...REQUEST, actor: 'bob', reason: 'leak_1', isForced: true });
  const record = await rotations.settled('account_1');
  assert.deepEqual([record?.phase, record?.actor, record?.reason], ['done', 'bob', 'leak_1']);
  assert.deepEqual([...new Set(world.actors)], ['ada', 'bob']);
});

test('asking for another secret does not take up the rotation that has halted', async () => {
  const world = await rotationWorld('keys');
  world.vendor.intercept = (what) => (what === 'DELETE tokens' ? { status: 400 } : null);
  const { rotations, record } = await rotate(world);
  await assert.rejects(rotations.start({ ...REQUEST, secret: 'extra' }), {
    code: 'conflict',
    message: /rotation of token has stopped/,
  });
  assert.deepEqual(await rotations.get('account_1'), await rotations.settled('account_1'));
  assert.equal(record.phase, 'retiring');
});

test('a second credential that is not accepted is taken back', async () => {
  const world = await rotationWorld('keys');
  world.beforeEffect = () => {
    const made = [...world.vendor.tokens].find(([id]) => id !== 'first');
    if (made !== undefined) world.vendor.tokens.set(made[0], { ...made[1], token: 'other' });
  };
  const { record } = await rotate(world);
  assert.equal(record.phase, 'rolled-back');
  assert.deepEqual(live(world), ['realtoken']);
});

test('only one rotation of an account runs at a time', async () => {
  const world = await rotationWorld('keys');
  const rotations = world.open();
  const both = await Promise.allSettled([rotations.start(REQUEST), rotations.start(REQUEST)]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await rotations.settled('account_1');
  assert.equal(world.vendor.requests.filter((what) => what === 'POST tokens').length, 1);
});

test('a secret without rotation gives the steps for a person', async () => {
  const world = await rotationWorld('keys');
  const rotations = world.open();
  await assert.rejects(rotations.start({ ...REQUEST, secret: 'extra' }), /no secret extra, only token/);
  await assert.rejects(rotations.start({ ...REQUEST, account: 'account_9' }), /no vendor account/);
});

test('webhooks are checked with both generations while a change is fresh', async () => {
  const world = await rotationWorld('second');
  const { rotations } = await rotate(world);
  const secrets = (await rotations.webhookSecrets('account_1', 'token')).map((one) => one.reveal());
  assert.deepEqual(secrets, [await world.inUse(), 'realtoken']);
  const keys = await rotationWorld('keys');
  const other = (await rotate(keys)).rotations;
  assert.equal((await other.webhookSecrets('account_1', 'token')).length, 1);
});

test('the end of the process does not wait for a vendor that does not answer', async () => {
  const world = await rotationWorld('keys');
  const rotations = world.open();
  world.vendor.send = (wire) => {
    world.vendor.requests.push(wire.method);
    return new Promise(() => {});
  };
  await rotations.start(REQUEST);
  await rotations.close();
  assert.equal((await rotations.get('account_1'))?.phase, 'creating');
  assert.deepEqual(world.incidents, []);
});

test('what is stored and journaled holds no secret', async () => {
  const world = await rotationWorld('chosen');
  const { record } = await rotate(world);
  const token = await world.inUse();
  assert.ok(!JSON.stringify([record, world.acts, world.incidents]).includes(token));
});

async function countEffects(style: Style): Promise<number> {
  const world = await rotationWorld(style);
  let count = 0;
  world.beforeEffect = () => void count++;
  await rotate(world);
  return count;
}

/** Everything after the effect at `place` fails, as if the process were gone. */
async function crashAt(world: RotationWorld, place: number): Promise<void> {
  let count = 0;
  world.beforeEffect = () => {
    if (count++ >= place) throw new Error('the process is gone');
  };
  const rotations = world.open();
  await rotations.start(REQUEST).catch(() => {});
  await rotations.settled('account_1').catch(() => {});
  world.beforeEffect = () => {};
}
