import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { VirtualKeyRecord } from '../../store/records.ts';
import type { Part, StartOrder } from './messages.ts';
import { patienceFor, startWorker, type WorkerEvents, type WorkerProcess } from './worker-process.ts';

it('waits for many budgets as long as they take, and a second for all that stops something', () => {
  const all = Array.from({ length: 500_000 }) as Extract<Part, { kind: 'budgets' }>['all'];
  assert.ok(patienceFor({ kind: 'budgets', all }) > 20_000);
  assert.ok(patienceFor({ kind: 'policy', document: null }) < 1000);
  assert.ok(patienceFor({ kind: 'kills', all: [] }) < 1000);
  assert.ok(patienceFor({ kind: 'keys', put: [] }) < 1000);
});

it('kills a process that hangs before its journal is open, so that it is started again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ended = Promise.withResolvers<string>();
  const events = { ended: ({ node }: { node: string }) => ended.resolve(node) } as unknown as WorkerEvents;
  const worker = startWorker({ node: 'w0' } as StartOrder, events);
  process.kill(worker.pid, 'SIGSTOP');
  t.after(() => worker.kill());
  t.mock.timers.tick(180_000);
  await assert.rejects(worker.started, /not open after 180 seconds/);
  assert.equal(await ended.promise, 'w0');
});

describe('a process that does not confirm what it is told', () => {
  const POLICY: Part = { kind: 'policy', document: null };
  const many = Array.from({ length: 2 }, (_, place) => ({ id: `key_${place}` }) as VirtualKeyRecord);
  const KEYS: Part = { kind: 'keys', put: many };

  /** What becomes of one that stands still for 30 seconds after it was told. */
  async function outcome(t: TestContext, tell: (worker: WorkerProcess) => Promise<void>): Promise<string> {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const events = { ended: () => {} } as unknown as WorkerEvents;
    const worker = startWorker({ node: 'w0' } as StartOrder, events);
    t.after(() => worker.kill());
    process.kill(worker.pid, 'SIGSTOP');
    const told = tell(worker).then(
      () => 'confirmed',
      () => 'killed',
    );
    t.mock.timers.tick(30_000);
    process.kill(worker.pid, 'SIGCONT');
    return told;
  }

  for (const part of [POLICY, KEYS])
    it(`is killed while it may take requests, so that nothing old stays in force (${part.kind})`, async (t) => {
      assert.equal(await outcome(t, (worker) => worker.update(part)), 'killed');
    });

  it('is waited for before it takes any: a slow machine is not kept from starting', async (t) => {
    assert.equal(await outcome(t, (worker) => worker.brief(POLICY)), 'confirmed');
  });
});
