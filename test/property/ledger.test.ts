import fc from 'fast-check';
import { after, before, describe, it } from 'node:test';
import { EMPTY_MONEY, ENGINES, type Sandbox } from '../contract/store-engines.ts';
import { ACTS, check, createModel, type Step } from './ledger-model.ts';

// Without bias: choices are indexes, and small ones are not more interesting than others.
const number = fc.noBias(fc.nat({ max: 10_000 }));

/** Spending and shipping are much more frequent than deaths, as in life. */
const WEIGHTS: Readonly<Record<Step['act'], number>> = {
  grant: 5,
  spend: 8,
  finish: 6,
  ship: 6,
  other: 1,
  shipAgain: 2,
  giveBack: 2,
  settle: 3,
  kill: 1,
  lowerLimit: 1,
  forgive: 1,
};

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.oneof(
    ...Object.entries(WEIGHTS).map(([act, weight]) => ({
      arbitrary: fc.constant(act as Step['act']),
      weight,
    })),
  ),
  a: number,
  b: number,
  c: number,
});

// Random interleavings of everything that moves money, against a model that only adds up.
for (const engine of ENGINES)
  describe(`money in ${engine.name}`, () => {
    let sandbox: Sandbox;
    before(async () => {
      sandbox = await engine.create();
    });
    after(() => sandbox.dispose());

    it('is exact after every step of any interleaving', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
          await sandbox.edit(EMPTY_MONEY);
          const model = createModel(sandbox.store);
          for (const one of steps) {
            await ACTS[one.act](model, one);
            await check(model);
          }
        }),
        {
          numRuns: Number(process.env['RINGFENCE_RUNS'] ?? Math.ceil(60 * engine.scale)),
          endOnFailure: false,
        },
      );
    });
  });
