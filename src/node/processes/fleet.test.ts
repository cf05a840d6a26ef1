import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reports } from './fleet.ts';
import type { WorkerProcess } from './worker-process.ts';

const process = (node: string) =>
  ({ node, pid: 1, epoch: () => 1, report: async () => ({}) }) as unknown as WorkerProcess;

describe('the reports of the data-plane processes', () => {
  it('come by node, in whatever order the processes have started', async () => {
    const started = ['w10', 'w1', 'w0', 'w2'].map((node) => [node, process(node)] as const);
    const told = await reports(new Map(started), () => {});
    assert.deepEqual(
      told.map(({ node }) => node),
      ['w0', 'w1', 'w2', 'w10'],
    );
  });
});
