import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Part, StartOrder } from './messages.ts';
import { patienceFor, startWorker, type WorkerEvents } from './worker-process.ts';

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
  t.mock.timers.tick(60_000);
  await assert.rejects(worker.started, /not open after 60 seconds/);
  assert.equal(await ended.promise, 'w0');
});
