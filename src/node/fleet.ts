import type { Holder, Returned } from '../guard/budgets/bank.ts';
import type { Part, WorkerReport } from './messages.ts';
import type { WorkerProcess } from './worker-process.ts';

/** The data-plane processes that are alive, by node. */
export type Fleet = ReadonlyMap<string, WorkerProcess>;

/** What a process says of itself. */
export interface FleetReport {
  readonly node: string;
  readonly epoch: number;
  readonly pid: number;
  readonly report: WorkerReport;
}

/** Puts a part in force in every process; resolves when all have confirmed or are dead. */
export async function broadcast(fleet: Fleet, part: Part): Promise<void> {
  await Promise.allSettled([...fleet.values()].map((worker) => worker.update(part)));
}

/** Asks every process but the one that needs it for the free money of a budget. */
export function recall(
  fleet: Fleet,
  asking: Holder,
  budget: string,
  period: number,
): Promise<readonly Returned[]> {
  const others = [...fleet.values()].filter(({ node }) => node !== asking.node);
  return Promise.all(
    others.map(async (worker) => ({
      node: worker.node,
      epoch: worker.epoch(),
      ...(await worker.recall(budget, period)),
    })),
  );
}

/** Reports of those that answer. */
export async function reports(fleet: Fleet): Promise<readonly FleetReport[]> {
  const asked = [...fleet.values()].map(async (worker) => ({
    node: worker.node,
    epoch: worker.epoch(),
    pid: worker.pid,
    report: await worker.report(),
  }));
  const settled = await Promise.allSettled(asked);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
