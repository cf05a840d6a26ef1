import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { batch, committed, DAY, grantRequest, headAt, LEASE, money, point, row } from './store-builders.ts';
import { EMPTY_MONEY, type EngineUnderTest } from './store-engines.ts';
import { storeWorld } from './store-world.ts';

export function leaseContract(engine: EngineUnderTest): void {
  const world = storeWorld(engine);
  const { sums, assertClean } = world;
  beforeEach(async () => {
    await world.sandbox.edit(EMPTY_MONEY);
  });

  describe('granting', () => {
    it('grants what is wanted and says what is left', async () => {
      assert.deepEqual(await world.store.leases.grant(grantRequest()), { granted: 100, left: 900 });
      assert.deepEqual(await world.store.leases.grant(grantRequest()), { granted: 100, left: 800 });
      assert.deepEqual(await world.store.leases.open(), [
        { id: `budget/${DAY}/w0-1`, ...LEASE, remaining: 200, state: 'open' },
      ]);
    });

    it('grants less than wanted near the limit, down to what is needed, to the last micro', async () => {
      const near = grantRequest({ limit: money(130) });
      assert.deepEqual(await world.store.leases.grant(near), { granted: 100, left: 30 });
      assert.deepEqual(await world.store.leases.grant({ ...near, need: money(31) }), {
        granted: 0,
        left: 30,
      });
      assert.deepEqual(await world.store.leases.grant({ ...near, need: money(30) }), {
        granted: 30,
        left: 0,
      });
      assert.deepEqual(await world.store.leases.grant(near), { granted: 0, left: 0 });
    });

    it('counts spent, leased and presumed money of every period since the start of the window', async () => {
      await world.store.leases.grant(grantRequest({ period: DAY - 2, since: 0, want: money(7) }));
      await world.store.leases.grant(
        grantRequest({ period: DAY - 1, since: 0, node: 'w1', want: money(20) }),
      );
      await world.store.leases.close('w1', 1, 'presume');
      await world.store.leases.grant(grantRequest({ node: 'w2', want: money(30) }));
      await world.store.ledger.load(batch(0, 1, { node: 'w2', rows: [row(0, { node: 'w2' })] }));
      const sliding = grantRequest({ limit: money(60), since: DAY - 1, node: 'w3' });
      assert.deepEqual(await world.store.leases.grant(sliding), { granted: 10, left: 0 });
      await assertClean();
    });

    it('grants nothing where it lacks what was loaded of any journal', async () => {
      await world.store.leases.grant(grantRequest({ node: 'w1' }));
      await world.store.ledger.load(batch(0, 3, { node: 'w1', rows: [row(0, { node: 'w1' })] }));
      const loaded = (epoch: number, position: number) =>
        grantRequest({ loaded: [point(0), { node: 'w1', epoch, position }] });
      assert.equal((await world.store.leases.grant(loaded(1, 3))).granted, 100);
      for (const lacking of [loaded(1, 4), loaded(2, 1)])
        await assert.rejects(world.store.leases.grant(lacking), { code: 'conflict' });
      await assertClean();
    });

    it('grants nothing above a lowered limit', async () => {
      await world.store.leases.grant(grantRequest());
      assert.deepEqual(await world.store.leases.grant(grantRequest({ limit: money(40) })), {
        granted: 0,
        left: 0,
      });
    });

    it('never grants more than the limit to many at once', async () => {
      const requests = Array.from({ length: 300 }, (_, index) =>
        world.store.leases.grant(grantRequest({ node: `w${index % 8}`, want: money(7), need: money(7) })),
      );
      const granted = (await Promise.all(requests)).reduce((sum, one) => sum + one.granted, 0);
      assert.equal(granted, Math.floor(1_000 / 7) * 7);
      assert.deepEqual(await sums(), [0, granted, 0]);
    });

    it('keeps budgets and periods apart', async () => {
      await world.store.leases.grant(grantRequest({ want: money(1_000) }));
      assert.equal((await world.store.leases.grant(grantRequest({ budget: 'other' }))).granted, 100);
      const tomorrow = grantRequest({ period: DAY + 86_400_000, since: DAY + 86_400_000 });
      assert.equal((await world.store.leases.grant(tomorrow)).granted, 100);
    });

    it('refuses a request that contradicts itself', async () => {
      const wrong = [
        { want: money(-1) },
        { need: money(-1) },
        { want: money(1.5) },
        { limit: money(Number.NaN) },
        { need: money(200) },
        { since: DAY + 1 },
        { since: Number.NaN },
      ];
      for (const changes of wrong)
        await assert.rejects(
          world.store.leases.grant(grantRequest(changes)),
          { code: 'input_invalid' },
          JSON.stringify(changes),
        );
      assert.deepEqual(await world.store.leases.open(), []);
    });
  });

  describe('giving back', () => {
    it('returns money to the budget', async () => {
      await world.store.leases.grant(grantRequest());
      await world.store.leases.giveBack(LEASE, money(60));
      assert.deepEqual(await sums(), [0, 40, 0]);
      assert.equal((await world.store.leases.open())[0]?.remaining, 40);
      await assertClean();
    });

    it('refuses more than the lease holds, and a lease that does not exist', async () => {
      await world.store.leases.grant(grantRequest());
      await world.store.ledger.load(batch(0, 1, { rows: [row(0)] }));
      await assert.rejects(world.store.leases.giveBack(LEASE, money(91)), { code: 'conflict' });
      await assert.rejects(world.store.leases.giveBack({ ...LEASE, epoch: 2 }, money(1)), {
        code: 'conflict',
      });
      await assert.rejects(world.store.leases.giveBack(LEASE, money(-1)), { code: 'input_invalid' });
      assert.deepEqual(await sums(), [10, 90, 0]);
    });
  });

  it('takes money back only when the journal is loaded to where its holder had written it', async () => {
    await world.store.leases.grant(grantRequest());
    await world.store.ledger.load(batch(0, 2, { rows: [row(0)] }));
    for (const amount of [1, 95])
      await assert.rejects(world.store.leases.giveBack(LEASE, money(amount), 3), { code: 'conflict' });
    await world.store.ledger.load(batch(2, 3, { outcomes: [committed(0, 5)] }));
    await world.store.leases.giveBack(LEASE, money(95), 3);
    assert.deepEqual(await sums(), [5, 0, 0]);
    await assertClean();
  });

  describe('the end of a process', () => {
    beforeEach(async () => {
      await world.store.leases.grant(grantRequest());
      await world.store.ledger.load(batch(0, 3, { rows: [row(0), row(1)], outcomes: [committed(0, 4)] }));
    });

    it('frees what is left and makes reserved rows unknown', async () => {
      await world.store.leases.close('w0', 1, 'free');
      assert.deepEqual(await sums(), [14, 0, 0]);
      assert.equal((await world.store.ledger.get(point(1)))?.state, 'unknown');
      assert.equal((await world.store.ledger.get(point(0)))?.state, 'committed');
      assert.deepEqual(await world.store.leases.open(), []);
      await assertClean();
    });

    it('presumes what is left as spent when records may be lost', async () => {
      await world.store.leases.close('w0', 1, 'presume');
      assert.deepEqual(await sums(), [14, 0, 86]);
      assert.deepEqual(await world.store.leases.grant(grantRequest({ node: 'w1', limit: money(100) })), {
        granted: 0,
        left: 0,
      });
      await assertClean();
    });

    it('changes nothing the second time, whatever is asked then', async () => {
      await world.store.leases.close('w0', 1, 'presume');
      await world.store.leases.close('w0', 1, 'free');
      await world.store.leases.close('w0', 1, 'presume');
      assert.deepEqual(await sums(), [14, 0, 86]);
      await assertClean();
    });

    it('grants a closed process nothing more', async () => {
      await world.store.leases.close('w0', 1, 'free');
      await assert.rejects(world.store.leases.grant(grantRequest()), { code: 'conflict' });
      await assert.rejects(world.store.leases.giveBack(LEASE, money(1)), { code: 'conflict' });
      assert.equal((await world.store.leases.grant(grantRequest({ epoch: 2 }))).granted, 100);
    });

    it('touches no other process', async () => {
      await world.store.leases.grant(grantRequest({ epoch: 2 }));
      await world.store.ledger.load(batch(0, 1, { epoch: 2, rows: [row(0, { epoch: 2 })] }));
      await world.store.leases.close('w0', 1, 'free');
      assert.equal((await world.store.ledger.get(point(0, { node: 'w0', epoch: 2 })))?.state, 'reserved');
      assert.deepEqual(await sums(), [24, 90, 0]);
    });

    it('gives outcomes that arrive afterwards to the budget', async () => {
      await world.store.leases.close('w0', 1, 'free');
      await world.store.ledger.load(batch(3, 4, { outcomes: [committed(1, 2)] }));
      assert.deepEqual(await sums(), [6, 0, 0]);
      await assertClean();
    });

    it('takes rows that turn up afterwards out of what was presumed, and calls them unknown', async () => {
      await world.store.leases.close('w0', 1, 'presume');
      await world.store.ledger.load(batch(3, 4, { rows: [row(3)] }));
      assert.deepEqual(await sums(), [24, 0, 76]);
      assert.equal((await world.store.ledger.get(point(3)))?.state, 'unknown');
      await assertClean();
    });

    it('forgives presumed money, but not more than there is', async () => {
      await world.store.leases.grant(grantRequest({ node: 'w1' }));
      await world.store.leases.close('w1', 1, 'presume');
      await world.store.leases.close('w0', 1, 'presume');
      await world.store.leases.forgive('budget', DAY, money(150));
      assert.deepEqual(await sums(), [14, 0, 36]);
      await assert.rejects(world.store.leases.forgive('budget', DAY, money(37)), { code: 'conflict' });
      assert.deepEqual(await sums(), [14, 0, 36]);
      await assertClean();
    });

    it('tells whose money is presumed spent, and forgives what one of them held', async () => {
      const { leases } = world.store;
      await leases.grant(grantRequest({ node: 'w1' }));
      await leases.grant(grantRequest({ node: 'w1', period: DAY - 1, since: 0 }));
      await leases.grant(grantRequest({ node: 'w2' }));
      await leases.close('w1', 1, 'presume');
      await leases.close('w0', 1, 'presume');
      const presumed = async (since: number) =>
        (await leases.presumed('budget', since)).map((one) => [
          one.period,
          one.node,
          one.remaining,
          one.state,
        ]);
      assert.deepEqual(await presumed(DAY), [
        [DAY, 'w0', 86, 'presumed'],
        [DAY, 'w1', 100, 'presumed'],
      ]);
      await assert.rejects(leases.forgive('budget', DAY, money(101), { node: 'w1', epoch: 1 }), {
        code: 'conflict',
      });
      await assert.rejects(leases.forgive('budget', DAY, money(1), { node: 'w1', epoch: 2 }), {
        code: 'conflict',
      });
      await assert.rejects(leases.forgive('budget', DAY, money(1), { node: 'w2', epoch: 1 }), {
        code: 'conflict',
      });
      await leases.forgive('budget', DAY, money(100), { node: 'w1', epoch: 1 });
      assert.deepEqual(await presumed(0), [
        [DAY - 1, 'w1', 100, 'presumed'],
        [DAY, 'w0', 86, 'presumed'],
      ]);
      assert.deepEqual(await sums(), [14, 100, 86]);
      await assertClean();
    });

    it('counts records that turn up after their money was forgiven', async () => {
      await world.store.leases.close('w0', 1, 'presume');
      await world.store.leases.forgive('budget', DAY, money(80));
      await world.store.ledger.load(batch(3, 4, { rows: [row(3)] }));
      assert.deepEqual(await sums(), [24, 0, 0]);
      await assertClean();
    });

    it('names how far the journals are loaded that were given up', async () => {
      const { leases, ledger } = world.store;
      await leases.close('w0', 1, 'presume');
      await leases.close('w0', 2, 'free');
      await leases.close('w0', 3, 'presume');
      await leases.close('w1', 1, 'presume');
      assert.deepEqual(await ledger.givenUp('w0'), [
        { epoch: 1, position: 3, head: headAt(3) },
        { epoch: 3, position: 0, head: '' },
      ]);
      assert.deepEqual(await ledger.givenUp('w2'), []);
    });

    it('closes a process that never had a lease', async () => {
      await world.store.leases.close('w7', 4, 'free');
      await assert.rejects(world.store.leases.grant(grantRequest({ node: 'w7', epoch: 4 })), {
        code: 'conflict',
      });
      await assertClean();
    });
  });

  it('sums the periods of many budgets at once, each since its time, in the order in which it is asked', async () => {
    for (const [budget, period] of [
      ['once', DAY],
      ['twice', DAY],
      ['twice', DAY + 1],
    ] as const)
      await world.store.leases.grant(
        grantRequest({ budget, period, since: period, want: money(5), need: money(5) }),
      );
    const none = { periods: 0, spent: 0, leased: 0, presumed: 0 };
    const asked = [
      { budget: 'twice', since: DAY },
      { budget: "it's none", since: 0 },
      { budget: 'once', since: DAY },
      { budget: 'twice', since: DAY + 1 },
      { budget: 'once', since: DAY + 1 },
      { budget: 'twice', since: DAY },
    ];
    assert.deepEqual(
      (await world.store.leases.sums(asked)).map((sum) => ({ ...sum })),
      [
        { ...none, periods: 2, leased: 10 },
        none,
        { ...none, periods: 1, leased: 5 },
        { ...none, periods: 1, leased: 5 },
        none,
        { ...none, periods: 2, leased: 10 },
      ],
    );
    assert.deepEqual(await world.store.leases.sums([]), []);
  });

  it('shows the periods of a budget since a time, ascending', async () => {
    for (const period of [DAY + 2, DAY, DAY + 1])
      await world.store.leases.grant(grantRequest({ budget: 'shown', period, since: period }));
    assert.deepEqual(
      (await world.store.leases.periods('shown', DAY + 1)).map((one) => one.period),
      [DAY + 1, DAY + 2],
    );
  });
}
