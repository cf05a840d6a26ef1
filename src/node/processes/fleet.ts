import type { Holder, Recalled } from '../../guard/budgets/bank.ts';
import type { Part, WorkerReport } from './messages.ts';
import type { WorkerProcess } from './worker-process.ts';
import { within } from '../within.ts';

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
export async function broadcast(fleet: Fleet, part: Part, say: (line: string) => void): Promise<void> {
  const told = [...fleet.values()].map((worker) =>
    worker
      .update(part)
      .catch((error: Error) =>
        say(`${worker.node} did not confirm a change of ${part.kind}: ${error.message}`),
      ),
  );
  await Promise.all(told);
}

/** Is this life of the process still going on? */
export function isAlive(fleet: Fleet, { node, epoch }: Holder): boolean {
  return fleet.get(node)?.epoch() === epoch;
}

/** Every process but the one that asks. */
export function others(fleet: Fleet, asking: Holder): readonly Holder[] {
  return [...fleet.values()]
    .filter(({ node }) => node !== asking.node)
    .map((worker) => ({ node: worker.node, epoch: worker.epoch() }));
}

/** Asks a process for the free money of a budget. Rejects when that life of it has ended. */
export async function recall(
  fleet: Fleet,
  { node, epoch }: Holder,
  budget: string,
  period: number,
): Promise<Recalled> {
  const worker = fleet.get(node);
  if (worker?.epoch() !== epoch) throw new Error('the process has ended');
  return worker.recall(budget, period);
}

const numerically = new Intl.Collator('en', { numeric: true });

/** Reports of those that answer within a second, by node. One that never does is killed: it answers no app either. */
export async function reports(fleet: Fleet, say: (line: string) => void): Promise<readonly FleetReport[]> {
  const inOrder = [...fleet.values()].toSorted((one, other) => numerically.compare(one.node, other.node));
  const asked = inOrder.map(async (worker) => ({
    node: worker.node,
    epoch: worker.epoch(),
    pid: worker.pid,
    report: await reportOf(worker, say),
  }));
  const settled = await Promise.allSettled(asked);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

const ANSWER_MILLISECONDS = 1_000;
const HANG_MILLISECONDS = 15_000;

async function reportOf(worker: WorkerProcess, say: (line: string) => void): Promise<WorkerReport> {
  const report = worker.report();
  const hanging = setTimeout(() => {
    say(`${worker.node} has not answered for ${HANG_MILLISECONDS / 1000} seconds, and is killed`);
    worker.kill();
  }, HANG_MILLISECONDS).unref();
  report.catch(() => {}).finally(() => clearTimeout(hanging));
  const answered = await within(ANSWER_MILLISECONDS, report);
  if (answered === null) throw new Error('the process does not answer');
  return answered;
}
