import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  rotationWorld,
  type RotationWorld,
  type Style,
} from '../../src/custody/rotation/rotation-fixture.ts';
import { hasEnded, type RotationRecord } from '../../src/custody/rotation/record.ts';

const RUNS = Number(process.env['ROTATION_RUNS'] ?? 150);
const REQUEST = { account: 'account_1', secret: 'token', actor: 'ada', reason: 'asked' };

/** What happens in one life of the process: answers that go wrong, by request, and the effect before which it ends. */
interface Life {
  readonly faults: readonly (readonly [request: number, status: number, isAfter: boolean])[];
  readonly crash: number | null;
  /** Apps are refused from this effect on. */
  readonly refusedFrom: number | null;
}

const life = fc.record({
  faults: fc.array(
    fc.tuple(fc.nat({ max: 25 }), fc.constantFrom(400, 401, 403, 404, 429, 500, 503), fc.boolean()),
    { maxLength: 6 },
  ),
  crash: fc.option(fc.nat({ max: 45 })),
  refusedFrom: fc.option(fc.nat({ max: 60 })),
});

async function live(world: RotationWorld, { faults, crash, refusedFrom }: Life, isFirst: boolean) {
  let requests = 0;
  let effects = 0;
  world.vendor.intercept = (what) => {
    const place = requests++;
    const found = faults.find(([request]) => request === place);
    if (found === undefined) return null;
    const [, status, isAfter] = found;
    // A clear no is true: whoever answers so has not acted, and does not refuse a live credential.
    if (what === 'GET me' && (status === 401 || status === 403)) return null;
    return { status, after: isAfter && status >= 429 };
  };
  world.beforeEffect = () => {
    if (refusedFrom !== null && effects >= refusedFrom) world.refusals += 1;
    if (crash !== null && effects >= crash) throw new Error('the process is gone');
    effects += 1;
  };
  const rotations = world.open();
  await (isFirst ? rotations.start(REQUEST) : rotations.resume()).catch(() => {});
  await rotations.settled('account_1').catch(() => {});
}

/** A life without trouble; what has halted is asked for again. */
async function finish(world: RotationWorld): Promise<RotationRecord | null> {
  world.vendor.intercept = () => null;
  world.beforeEffect = () => {};
  for (let tries = 0; tries < 3; tries++) {
    const rotations = world.open();
    await rotations.resume();
    const record = await rotations.settled('account_1');
    if (record === null || hasEnded(record)) return record;
  }
  return world.open().get('account_1');
}

async function assertWorks(world: RotationWorld): Promise<void> {
  const tokens = [...world.vendor.tokens.values()].map(({ token }) => token);
  assert.ok(tokens.includes(await world.inUse()), 'what is in use is dead');
}

for (const style of ['chosen', 'keys', 'second'] as const satisfies readonly Style[])
  test(`whatever goes wrong and however often the process ends, a working credential is in use (${style})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const world = await rotationWorld(style);
        for (const [place, one] of lives.entries()) {
          await live(world, one, place === 0);
          await assertWorks(world);
        }
        const record = await finish(world);
        await assertWorks(world);
        if (record === null) return;
        assert.ok(hasEnded(record), `it never ends: ${record.phase} ${record.problem ?? ''}`);
        const count = world.vendor.tokens.size;
        const isTold = record.steps.at(-1)?.note.includes('End the unused one') === true;
        assert.ok(count === 1 || isTold, `${count} credentials are left after ${record.phase}`);
      }),
      { numRuns: RUNS },
    );
  });
