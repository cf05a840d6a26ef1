import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bank, Holder, Returned } from '../guard/budgets/bank.ts';
import type { GrantAsk } from '../guard/budgets/slice.ts';
import type { Store } from '../store/ports.ts';
import { EXIT_JOURNAL_FAILED, type Part, type StartOrder, type WorkerReport } from './messages.ts';
import { closeLeases } from './recovery.ts';
import { createShipper, type Loss, type Shipper } from './shipper.ts';
import { startWorker, type WorkerEvents, type WorkerProcess } from './worker-process.ts';

export interface SupervisorOptions {
  readonly nodes: readonly string[];
  readonly order: (node: string) => Promise<StartOrder>;
  /** Everything in force, for a process that starts. */
  readonly parts: () => AsyncIterable<Part>;
  readonly store: Pick<Store, 'ledger' | 'leases'>;
  readonly journalDirectory: string;
  readonly boot: string;
  readonly say: (line: string) => void;
  readonly onCanary: WorkerEvents['canary'];
  /** Records that the rest of an epoch cannot be loaded. */
  readonly onLoss: (loss: Loss) => Promise<void>;
}

/** Starts the data-plane processes, keeps them alive, and recovers the money of those that die. */
export interface Supervisor {
  start(bank: Bank): Promise<void>;
  /** Puts a part in force in every process; resolves when all have confirmed or are dead. */
  broadcast(part: Part): Promise<void>;
  live(): number;
  recall(asking: Holder, budget: string, period: number): Promise<readonly Returned[]>;
  loaded(holder: Holder, position: number): Promise<void>;
  reports(): Promise<
    readonly {
      readonly node: string;
      readonly epoch: number;
      readonly pid: number;
      readonly report: WorkerReport;
    }[]
  >;
  stop(): Promise<void>;
}

const RESTART_MILLISECONDS = 100;
const MAX_RESTART_MILLISECONDS = 10_000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { nodes, store, boot, say } = options;
  const workers = new Map<string, WorkerProcess>();
  const shippers = new Map<string, Shipper>();
  const failures = new Map<string, number>();
  const reviving = new Set<string>();
  /** Nodes whose last life could not make its journal durable, until its leases are closed. */
  const doubtful = new Set<string>();
  let bank: Bank | null = null;
  let isStopping = false;
  const directoryOf = (node: string): string => join(options.journalDirectory, node);

  const events: WorkerEvents = {
    grant(worker, ask: GrantAsk) {
      if (bank === null) throw new Error('the bank is closed');
      return bank.grant({ node: worker.node, epoch: worker.epoch() }, ask);
    },
    giveBack(worker, { budget, period, amount, position }) {
      const returned = { node: worker.node, epoch: worker.epoch(), amount, position };
      bank?.giveBack(budget, period, returned).catch(() => {}); // It stays in the lease, and comes back when that closes.
    },
    usage(from, usage) {
      if (usage.length > 0) for (const worker of workers.values()) if (worker !== from) worker.merge(usage);
    },
    canary: options.onCanary,
    ended(worker, code) {
      if (code === EXIT_JOURNAL_FAILED) doubtful.add(worker.node);
      if (workers.get(worker.node) !== worker) return;
      workers.delete(worker.node);
      if (!isStopping) void restart(worker.node, code);
    },
  };

  async function restart(node: string, code: number | null): Promise<void> {
    if (reviving.has(node)) return;
    reviving.add(node);
    say(`data-plane process ${node} ended (${code ?? 'killed'}); starting it again`);
    while (!isStopping && !(await revive(node)));
    reviving.delete(node);
  }

  async function revive(node: string): Promise<boolean> {
    const count = (failures.get(node) ?? 0) + 1;
    failures.set(node, count);
    if (count > 1)
      await sleep(Math.min(MAX_RESTART_MILLISECONDS, RESTART_MILLISECONDS * 2 ** Math.min(count, 10)));
    try {
      await recover(node);
      if (!isStopping) await launch(node);
      return true;
    } catch (error) {
      say(`data-plane process ${node} cannot start: ${(error as Error).message}`);
      return false;
    }
  }

  async function recover(node: string): Promise<void> {
    await shippers.get(node)?.drain();
    const isDoubtful = doubtful.has(node);
    await closeLeases({ node, directory: directoryOf(node), boot, leases: store.leases, isDoubtful });
    doubtful.delete(node);
  }

  async function launch(node: string): Promise<void> {
    const worker = startWorker(await options.order(node), events);
    await worker.started;
    workers.set(node, worker);
    try {
      for await (const part of options.parts()) await worker.update(part);
      await worker.listen();
    } catch (error) {
      worker.kill();
      throw error;
    }
    setTimeout(() => failures.delete(node), MAX_RESTART_MILLISECONDS).unref();
  }

  /** What a process does after a loss cannot be loaded any more: it must go on in a new epoch. */
  function endLife(node: string, epoch: number): void {
    const worker = workers.get(node);
    if (worker?.epoch() === epoch) worker.kill();
  }

  async function openShipper(node: string): Promise<void> {
    const shipper = await createShipper({
      node,
      directory: directoryOf(node),
      ledger: store.ledger,
      leases: store.leases,
      sleep: (milliseconds) => sleep(milliseconds),
      onFault: (error) => say(`loading the journal of ${node}: ${(error as Error).message}`),
      async onLoss(loss) {
        await options.onLoss(loss);
        endLife(node, loss.fault.epoch);
      },
    });
    shippers.set(node, shipper);
  }

  return Object.freeze({
    async start(given: Bank) {
      bank = given;
      await Promise.all(
        nodes.map(async (node) => {
          await openShipper(node);
          await recover(node);
          await launch(node);
        }),
      );
    },
    async broadcast(part: Part) {
      await Promise.allSettled([...workers.values()].map((worker) => worker.update(part)));
    },
    live: () => workers.size,
    async recall(asking: Holder, budget: string, period: number) {
      const others = [...workers.values()].filter(({ node }) => node !== asking.node);
      return Promise.all(
        others.map(async (worker) => ({
          node: worker.node,
          epoch: worker.epoch(),
          ...(await worker.recall(budget, period)),
        })),
      );
    },
    async loaded({ node, epoch }: Holder, position: number) {
      await shippers.get(node)?.loaded(epoch, position);
    },
    async reports() {
      const all = [...workers.values()].map(async (worker) => ({
        node: worker.node,
        epoch: worker.epoch(),
        pid: worker.pid,
        report: await worker.report(),
      }));
      const settled = await Promise.allSettled(all);
      return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
    async stop() {
      isStopping = true;
      const running = [...workers.values()];
      await Promise.all(running.map((worker) => worker.stop()));
      for (const node of nodes) await recover(node).catch(() => {});
      await Promise.all([...shippers.values()].map((shipper) => shipper.close()));
    },
  });
}
