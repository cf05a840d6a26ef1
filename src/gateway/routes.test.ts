import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRoutes, KEEP_ALIVE_MILLISECONDS, type Route } from './routes.ts';
import { createSemaphore } from './semaphore.ts';

function world() {
  let now = 0;
  const closed: string[] = [];
  const open = (origin: string): Route => ({
    pool: { dispatch: () => true, close: async () => void closed.push(origin), destroy: async () => {} },
    slots: createSemaphore({ slots: 1, waiting: 1, patience: 1000 }),
    longest: 0,
    usedAt: 0,
  });
  const routes = createRoutes(open, () => now);
  return { routes, closed, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('routes to vendors', () => {
  it('stay few, however many accounts and hosts are used one after the other', () => {
    const { routes, closed, pass } = world();
    let most = 0;
    for (let n = 0; n < 10_000; n++) {
      routes.find('https://api.acme.example', `account-${n}`);
      routes.find(`https://a${n}.acme.example`, 'account');
      pass(KEEP_ALIVE_MILLISECONDS / 100);
      most = Math.max(most, routes.all().length);
    }
    assert.ok(most <= 500, `${most} at once`);
    assert.equal(closed.length + routes.all().length, 20_000);
  });

  it('are the same while they are used or somebody waits for their answer', () => {
    const { routes, closed, pass } = world();
    const used = routes.find('https://used.example', 'account');
    const busy = routes.find('https://busy.example', 'account');
    void busy.slots.acquire();
    routes.find('https://left.example', 'account');
    for (let n = 0; n < 10; n++) {
      pass(KEEP_ALIVE_MILLISECONDS / 2);
      assert.equal(routes.find('https://used.example', 'account'), used);
      routes.find(`https://a${n}.example`, 'account');
    }
    assert.equal(routes.find('https://busy.example', 'account'), busy);
    assert.ok(closed.includes('https://left.example'));
    assert.ok(!closed.includes('https://busy.example'));
  });
});
