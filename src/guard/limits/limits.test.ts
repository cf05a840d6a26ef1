import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Step } from '../../intent/decision.ts';
import { message, messageTo, phone, somebody } from '../intents-fixture.ts';
import { parsePolicy } from '../policy/document.ts';
import { compilePolicy } from '../policy/policy.ts';
import { createLimits, type Admission, type Limits } from './limits.ts';

/** Nobody has to be asked: the answer comes at once. */
function admit(limits: Limits, intent = message): Step<Admission> {
  const step = limits.admit(somebody, intent);
  assert.ok(!(step instanceof Promise));
  return step;
}

function limitsOf(yaml: string) {
  let now = 0;
  const limits = createLimits({ clock: { monotonic: () => now } });
  limits.configure(
    compilePolicy(parsePolicy(`version: 1\nmode: enforce\nrules: []\nlimits: [${yaml}]`)).limits,
  );
  const count = (times: number, intent = message): number =>
    Array.from({ length: times }, () => admit(limits, intent)).filter(({ ok }) => ok).length;
  return { limits, count, pass: (milliseconds: number) => (now += milliseconds) };
}

const LOOSE = '{ id: recipient-flood, per: recipient, rate: 1000000/1s }';

describe('limits', () => {
  it('admit the burst, then the rate', () => {
    const { count, pass } = limitsOf(`{ id: a, per: key, rate: 10/10s, burst: 4 }, ${LOOSE}`);
    assert.equal(count(10), 4);
    pass(1000);
    assert.equal(count(10), 1);
    pass(60_000);
    assert.equal(count(10), 4);
  });

  it('guard every recipient although nobody asked for it', () => {
    const { count } = limitsOf('{ id: a, per: key, rate: 1000/1s }');
    assert.equal(count(50), 10);
    assert.equal(count(50, messageTo([phone('+4915215559999')])), 10);
  });

  it('take nothing from any limit when one refuses', () => {
    const { count, pass } = limitsOf(
      `{ id: wide, per: all, rate: 5/5s }, { id: narrow, per: key, rate: 1/1s }, ${LOOSE}`,
    );
    assert.equal(count(20), 1);
    for (let second = 0; second < 4; second++) {
      pass(1000);
      assert.equal(count(20), 1);
    }
  });

  it('hold concurrency until released, once', () => {
    const { limits } = limitsOf(`{ id: c, per: app, concurrency: 2 }, ${LOOSE}`);
    const first = admit(limits);
    assert.ok(first.ok && admit(limits).ok);
    assert.equal(admit(limits).ok, false);
    first.value.release();
    first.value.release();
    assert.ok(admit(limits).ok);
    assert.equal(admit(limits).ok, false);
  });

  it('go on where others stopped, in a process that starts with their snapshot', () => {
    const rules = `{ id: a, per: key, rate: 10/10s }, { id: b, per: recipient, rate: 4/10s }, ${LOOSE}`;
    const [before, after] = [limitsOf(rules), limitsOf(rules)];
    assert.equal(before.count(3), 3);
    after.limits.merge(before.limits.snapshot());
    assert.equal(after.count(10), 1);
    before.pass(10_000);
    const left = before.limits.snapshot().map(({ limit }) => limit);
    assert.deepEqual([...new Set(left)], ['recipient-flood-day']);
  });

  it('count what other processes admitted', () => {
    const one = limitsOf(`{ id: a, per: key, rate: 10/10s }, ${LOOSE}`);
    const other = limitsOf(`{ id: a, per: key, rate: 10/10s }, ${LOOSE}`);
    assert.equal(one.count(6), 6);
    other.limits.merge(one.limits.takeUsage(0));
    assert.equal(other.count(10), 4);
    assert.deepEqual(one.limits.takeUsage(0), []);
  });

  it('count every number of a request that goes to several', () => {
    const five = messageTo(Array.from({ length: 5 }, (_, last) => phone(`+491521555000${last}`)));
    for (const per of ['prefix', 'country']) {
      const { count } = limitsOf(`{ id: a, per: ${per}, rate: 12/1h }, ${LOOSE}`);
      assert.equal(count(9, five), 2, per);
      assert.equal(count(9), 2, per);
    }
  });

  it('let a request run once, however often it names a recipient', () => {
    const twice = messageTo([phone('+4915215551234'), phone('+4915215551234')]);
    const { limits } = limitsOf(`{ id: c, per: recipient, concurrency: 1 }, ${LOOSE}`);
    const first = admit(limits, twice);
    assert.ok(first.ok);
    assert.equal(admit(limits).ok, false);
    first.value.release();
    assert.ok(admit(limits).ok);
  });
});
