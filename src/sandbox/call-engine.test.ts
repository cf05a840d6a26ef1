import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRegistry } from './accounts.ts';
import { createBill } from './bill.ts';
import { createCallEngine } from './call-engine.ts';
import { LONGEST_CALL, type CallHooks, type PhoneCall, type ScriptStep } from './calls.ts';
import { DEFAULT_SETTINGS } from './core.ts';
import { createOutcomes } from './outcomes.ts';
import { createPriceBook } from './prices.ts';
import { createManualTime, createTimeline } from './timeline.ts';

const TO = '+15005550106';
const NO_NETWORK = () => new Promise<void>((resolve) => setImmediate(resolve));

function start() {
  const { clock, timers } = createManualTime(Date.UTC(2026, 0, 1));
  const lag = { milliseconds: 0 };
  const now = () => clock.wall() + lag.milliseconds;
  const registry = createRegistry(now);
  const account = registry.open('twilio', 'AC1', 'USD');
  const bill = createBill(registry.accounts, now);
  const outcomes = createOutcomes();
  const timeline = createTimeline(now, timers);
  const engine = createCallEngine({
    now,
    settings: { ...DEFAULT_SETTINGS },
    timeline,
    prices: createPriceBook(),
    bill,
    outcomes,
  });
  const states: string[] = [];
  let made = 0;
  const hooks: CallHooks = {
    changed: ({ status }) => void states.push(status),
    recorded: () => {},
    message: () => {},
    load: () => [{ kind: 'redirect', url: 'again', method: 'POST' }],
    newId: () => `leg${made++}`,
    opened: () => {},
  };
  const call = (
    steps: readonly ScriptStep[],
    limits: { limitSeconds?: number; timeoutSeconds?: number } = {},
  ) =>
    engine.start({
      id: 'call',
      account,
      from: '+15005550199',
      to: TO,
      direction: 'outbound-api',
      parent: null,
      script: () => steps,
      hooks,
      detail: {},
      timeoutSeconds: 60,
      limitSeconds: LONGEST_CALL,
      recordingId: null,
      ...limits,
    });
  return {
    engine,
    bill,
    outcomes,
    states,
    lag,
    call,
    advance: (ms: number) => timers.advance(ms, NO_NETWORK),
  };
}

const wait = (seconds: number): ScriptStep => ({ kind: 'wait', seconds });
const dial = (limitSeconds: number | null = null): ScriptStep => ({
  kind: 'dial',
  targets: [TO],
  from: null,
  timeoutSeconds: 30,
  limitSeconds,
});

describe('a simulated call', () => {
  it('rings, is answered, follows its script and is billed by started minute', async () => {
    const { call, states, bill, advance } = start();
    const made = call([wait(60), wait(1)]);
    assert.equal(made.status, 'queued');
    await advance(120_000);
    assert.deepEqual(states, ['ringing', 'in-progress', 'completed']);
    assert.deepEqual([made.duration, bill.rows({})[0]?.units], [61, 2]);
  });

  for (const [outcome, status] of [
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
  ] as const)
    it(`that is ${outcome} costs nothing`, async () => {
      const { call, outcomes, bill, advance } = start();
      outcomes.set(TO, outcome);
      const made = call([wait(10)]);
      await advance(120_000);
      assert.deepEqual([made.status, made.price, bill.length], [status, null, 0]);
    });

  it('is not answered when it may ring for too short', async () => {
    const { call, advance } = start();
    const made = call([wait(10)], { timeoutSeconds: 0.5 });
    await advance(60_000);
    assert.equal(made.status, 'no-answer');
  });

  it('never lasts longer than its limit, whatever its script and its legs do', async () => {
    const steps = fc.array(
      fc.oneof(fc.nat({ max: 200 }).map(wait), fc.option(fc.nat({ max: 90 })).map(dial)),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 300 }), async (script, limitSeconds) => {
        const { call, bill, advance } = start();
        const made = call(script, { limitSeconds });
        await advance(3_600_000);
        assert.equal(made.status, 'completed');
        assert.ok(made.duration <= limitSeconds, `${made.duration} > ${limitSeconds}`);
        const minutes = Math.ceil(limitSeconds / 60);
        for (const { units } of bill.rows({})) assert.ok(units <= minutes);
        for (const leg of made.children) assert.ok(isWithin(made, leg));
      }),
      { numRuns: 50 },
    );
  });

  it('that is hung up after its limit, while the timers are late, still ended at the limit', async () => {
    const { call, engine, bill, lag, advance } = start();
    const made = call([wait(1000)], { limitSeconds: 60 });
    await advance(10_000);
    lag.milliseconds = 300_000;
    engine.hangUp(made);
    assert.deepEqual([made.duration, bill.rows({})[0]?.units], [60, 1]);
  });

  it('that is hung up while ringing is canceled and free; later it pays for what it used', async () => {
    const { call, engine, bill, advance } = start();
    const ringing = call([wait(100)]);
    await advance(500);
    engine.hangUp(ringing);
    assert.deepEqual([ringing.status, bill.length], ['canceled', 0]);
    const live = call([wait(100)]);
    await advance(1000 + 61_500);
    engine.hangUp(live);
    assert.deepEqual([live.status, live.duration, bill.rows({})[0]?.units], ['completed', 62, 2]);
    await advance(600_000);
    assert.equal(bill.length, 1);
  });

  it('that is redirected drops its leg and follows the new script', async () => {
    const { call, engine, bill, advance } = start();
    const made = call([dial(), wait(100)]);
    await advance(10_000);
    engine.redirect(made, () => [wait(5)]);
    await advance(600_000);
    assert.equal(made.duration, 14);
    assert.equal(made.children[0]?.duration, 8);
    assert.equal(bill.length, 2);
  });

  it('ends when its instructions lead nowhere', async () => {
    const { call, advance } = start();
    const made = call([{ kind: 'redirect', url: 'loop', method: 'POST' }]);
    await advance(10_000);
    assert.equal(made.status, 'completed');
  });

  it('may be limited while it runs', async () => {
    const { call, engine, advance } = start();
    const made = call([wait(1000)]);
    await advance(10_000);
    engine.limit(made, 30);
    await advance(600_000);
    assert.equal(made.duration, 30);
  });
});

function isWithin(parent: PhoneCall, leg: PhoneCall): boolean {
  return leg.createdAt >= parent.createdAt && (leg.endedAt ?? 0) <= (parent.endedAt ?? 0);
}
