import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createKeyedHash, remembering } from '../../src/custody/keyed-hash.ts';
import { createConcurrency } from '../../src/guard/limits/concurrency.ts';
import { createLimits } from '../../src/guard/limits/limits.ts';
import { recipientGuards } from '../../src/guard/limits/limit-rule.ts';
import type { Intent } from '../../src/intent/intent.ts';
import { somebody, message } from '../../src/guard/intents-fixture.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const MIB = 1024 * 1024;
const BODY = MIB / 2;
const TIMES = 400;

/** MiB that are kept of 200 MiB of bodies, when `keep` has had a name that stood in each. */
function keptOf(keep: (name: string) => void): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < TIMES; index++) {
    const body = Buffer.from(`To=client:somebody-of-${index}&X=`.padEnd(BODY, 'x')).toString('latin1');
    keep(body.slice(body.indexOf(':') + 1, body.indexOf('&')));
  }
  collect();
  return (process.memoryUsage().heapUsed - before) / MIB;
}

function to(address: string): Intent {
  return { ...message, destinations: [{ kind: 'client', address, phone: null }] };
}

test('a name that is remembered does not keep the body in memory in which it stood', () => {
  const limits = createLimits({ clock: { monotonic: () => 0 } });
  limits.configure(recipientGuards());
  const running = createConcurrency({ limit: 'l', most: 1, permits: null });
  const hashOf = remembering(createKeyedHash(createSecretKey(Buffer.alloc(32, 1))), 4096);
  const kept = {
    limits: keptOf((name) => void limits.admit(somebody, to(name))),
    usage: keptOf(() => limits.takeUsage(0)),
    concurrency: keptOf((name) => running.take(name, 1)),
    fingerprints: keptOf((name) => void hashOf(name)),
  };
  for (const [what, mebibytes] of Object.entries(kept))
    assert.ok(mebibytes < 50, `${what}: ${mebibytes} MiB`);
  assert.equal(limits.snapshot()[0]?.taken.size, TIMES);
});

test('long addresses are counted each for itself, and kept in short', () => {
  const limits = createLimits({ clock: { monotonic: () => 0 } });
  limits.configure(recipientGuards());
  const long = (end: string) => to(`${'x'.repeat(500)}${end}`);
  for (let times = 0; times < 10; times++) void limits.admit(somebody, long('a'));
  const steps = ['a', 'b'].map((end) => limits.admit(somebody, long(end)));
  assert.deepEqual(
    steps.map((step) => 'ok' in step && step.ok),
    [false, true],
  );
  const [{ taken } = assert.fail('nothing was counted')] = limits.snapshot();
  assert.deepEqual(
    [...taken.keys()].map(({ length }) => length),
    [43, 43],
  );
});
