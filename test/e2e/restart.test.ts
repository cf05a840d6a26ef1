import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { micros } from '../../src/kernel/money.ts';
import { ALLOWED, FROM, startNode, type TestNode } from './node-fixture.ts';

const PRICE = 100_000;
const BUDGET = 'budget_restart';

describe('a data-plane process that is killed', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
    await node.primary.store.budgets.put({
      id: BUDGET,
      name: 'restart',
      scope: {},
      unit: 'money',
      currency: 'USD',
      limit: micros(5 * PRICE),
      window: { kind: 'total' },
      rates: {},
      createdAt: 0,
    });
    await node.primary.refreshBudgets();
  });
  after(() => node.close());

  async function send(): Promise<string> {
    const { accountSid = '', authToken = '' } = node.parts('twilio', 'secret');
    const url = `${node.gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' }),
    });
    await response.body?.cancel();
    return response.ok ? 'sent' : (response.headers.get('ringfence-decision') ?? '');
  }

  async function until<T>(read: () => Promise<T | null | undefined>): Promise<T> {
    for (let tries = 0; tries < 200; tries++) {
      const found = await read();
      if (found !== null && found !== undefined) return found;
      await sleep(50);
    }
    throw new Error('it did not happen in ten seconds');
  }

  const report = async () => (await node.primary.supervisor.reports())[0];
  const spent = async () => (await node.primary.store.leases.periods(BUDGET, 0))[0]?.spent;

  it('is replaced by one that spends the money which the dead one held, and no cent more', async () => {
    for (let count = 0; count < 2; count++) assert.equal(await send(), 'sent');
    const { pid = 0, epoch: dead = 0 } = (await report()) ?? {};
    process.kill(pid, 'SIGKILL');
    const born = await until(async () => {
      const found = await report();
      return found !== undefined && found.epoch > dead ? found : null;
    });
    assert.notEqual(born.pid, pid);
    assert.equal(await until(() => send().catch(() => null)), 'sent'); // It has no listener at first.
    for (let count = 0; count < 2; count++) assert.equal(await send(), 'sent');
    assert.match(await send(), /code=budget_exceeded/);
    await until(async () => ((await spent()) === 5 * PRICE ? true : null));
    const open = await node.primary.store.leases.open();
    assert.deepEqual(
      open.filter(({ epoch }) => epoch === dead),
      [],
    );
    assert.deepEqual((await node.primary.store.ledger.verify()).problems, []);
  });

  it('leaves no full buckets to its successor', async () => {
    await node.primary.store.budgets.remove(BUDGET);
    await node.primary.refreshBudgets();
    await node.primary.store.policies.put({ source: LIMITED, createdAt: 0, actor: 'test' }, 1);
    await node.primary.refreshPolicy();
    for (let count = 0; count < 3; count++) assert.equal(await send(), 'sent');
    await sleep(300); // What a process took is told every tenth of a second.
    const { pid = 0, epoch: dead = 0 } = (await report()) ?? {};
    process.kill(pid, 'SIGKILL');
    await until(async () => ((await report())?.epoch ?? 0) > dead || null);
    assert.match(await until(() => send().catch(() => null)), /code=rate_limited/);
  });
});

const LIMITED = `version: 1
mode: enforce
rules: [{ id: send, effect: allow, what: { actions: [message.send] }, to: { countries: [DE] } }]
limits: [{ id: three, per: app, rate: 3/1h }, { id: recipient-flood, per: recipient, rate: 1000/1s }]
`;
