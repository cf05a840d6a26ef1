import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bank, BankOptions, Holder, Recalled } from '../../guard/budgets/bank.ts';
import type { GrantAsk } from '../../guard/budgets/slice.ts';
import { createPermitBank, type PermitBank } from '../../guard/limits/permit-bank.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Store } from '../../store/ports.ts';
import { createBriefings, type Briefings } from './briefings.ts';
import { untilEarlierRunEnds } from './earlier-run.ts';
import { broadcast, isAlive, others, recall, reports, type FleetReport } from './fleet.ts';
import { EXIT_JOURNAL_FAILED, type Part, type StartOrder } from './messages.ts';
import { closeLeases } from '../loading/recovery.ts';
import { loadReturned } from '../loading/returned.ts';
import { createShipper, type Loss, type Shipper } from '../loading/shipper.ts';
import { createRevival, type Revival } from './revival.ts';
import { tellWhile } from './slow-work.ts';
import { createUsageMemory, type UsageMemory } from './usage-memory.ts';
import { startWorker, type WorkerEvents, type WorkerProcess } from './worker-process.ts';
import { pass } from '../within.ts';

export interface SupervisorOptions {
  readonly nodes: readonly string[];
  /** Processes that are not started any more, and whose journals are here. */
  readonly former: readonly string[];
  readonly order: (node: string) => Promise<StartOrder>;
  /** Everything in force, for a process that starts. */
  readonly parts: () => AsyncIterable<Part>;
  /** Hears of every part that processes are told. */
  readonly told: (part: Part) => void;
  readonly store: Pick<Store, 'ledger' | 'leases'>;
  readonly journalDirectory: string;
  readonly boot: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly say: (line: string) => void;
  readonly onKeyUses: WorkerEvents['keyUses'];
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
  /** True when every process takes requests. */
  isServing(): boolean;
  isAlive(holder: Holder): boolean;
  /** True while the leases of a process that has ended are open. */
  isClosing(): boolean;
  others(asking: Holder): readonly Holder[];
  /** Rejects when that process has ended. */
  recall(holder: Holder, budget: string, period: number): Promise<Recalled>;
  loaded(holder: Holder, position: number): Promise<void>;
  readonly journals: NonNullable<BankOptions['journals']>;
  /** Of the processes that answer within a second; one that does not for a quarter of a minute is killed. */
  reports(): Promise<readonly FleetReport[]>;
  /** Ends all processes in good order; needs no store. */
  stop(): Promise<void>;
  /** After `stop`: loads what is left and ends the leases. Without it the next start does. */
  settle(): Promise<void>;
  /** Kills all processes and leaves their leases open: the other gateway that works on the store now will close them. */
  abandon(): void;
}

/** A process that hangs does not hold up the requests of the others for longer. */
const PERMIT_PATIENCE_MILLISECONDS = 200;

interface State extends SupervisorOptions {
  readonly workers: Map<string, WorkerProcess>;
  readonly shippers: Map<string, Shipper>;
  /** Nodes whose process takes requests. */
  readonly serving: Set<string>;
  readonly stopping: AbortController;
  readonly revival: Revival;
  /** Nodes whose last life has ended, until its leases are closed. */
  readonly closing: Set<string>;
  /** Nodes whose last life could not make its journal durable, until its leases are closed. */
  readonly doubtful: Set<string>;
  readonly memory: UsageMemory;
  readonly briefings: Briefings;
  readonly permits: PermitBank<WorkerProcess>;
  bank: Bank | null;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const workers = new Map<string, WorkerProcess>();
  const stopping = new AbortController();
  const state: State = {
    ...options,
    workers,
    shippers: new Map(),
    serving: new Set(),
    stopping,
    revival: createRevival({
      stopping: stopping.signal,
      settle: (node) => recover(state, node),
      start: (node) => startAgain(state, node),
      say: options.say,
    }),
    closing: new Set(),
    doubtful: new Set(),
    memory: createUsageMemory(options.clock),
    briefings: createBriefings(),
    permits: createPermitBank<WorkerProcess>({
      holders: () => [...workers.values()],
      recall: (worker, pool) => worker.recallPermits(pool),
      patience: () => pass(PERMIT_PATIENCE_MILLISECONDS),
    }),
    bank: null,
  };
  const { shippers, serving, nodes } = state;
  return Object.freeze({
    start: (bank: Bank) => start(state, bank),
    broadcast(part: Part) {
      state.memory.apply(part);
      state.told(part);
      state.briefings.changed(part);
      return broadcast(workers, part, options.say);
    },
    live: () => workers.size,
    isServing: () => serving.size === nodes.length,
    isAlive: (holder: Holder) => isAlive(workers, holder),
    isClosing: () => state.closing.size > 0,
    others: (asking: Holder) => others(workers, asking),
    recall: (holder: Holder, budget: string, period: number) => recall(workers, holder, budget, period),
    loaded: async ({ node, epoch }: Holder, position: number) => shippers.get(node)?.loaded(epoch, position),
    journals: journalsOf(shippers),
    reports: () => reports(workers, options.say),
    stop: () => stop(state),
    settle: () => settle(state),
    abandon() {
      stopping.abort();
      for (const worker of workers.values()) worker.kill();
    },
  });
}

function journalsOf(shippers: ReadonlyMap<string, Shipper>): Supervisor['journals'] {
  return {
    places: () => [...shippers].map(([node, shipper]) => ({ node, ...shipper.reached() })),
    recheck() {
      for (const shipper of shippers.values()) shipper.check().catch(() => {}); // It is asked again with the next grant.
    },
  };
}

async function start(state: State, bank: Bank): Promise<void> {
  const { nodes, former, shippers } = state;
  state.bank = bank;
  // Before everything is loaded, an older store would give again what was spent.
  await Promise.all([...nodes, ...former].map((node) => inherit(state, node)));
  for (const node of former) await shippers.get(node)?.close();
  await Promise.all(nodes.map((node) => launch(state, node)));
}

/** Takes over what a process of an earlier run left. */
async function inherit(state: State, node: string): Promise<void> {
  const { stopping, say } = state;
  await untilEarlierRunEnds({ node, directory: directoryOf(state, node), stopping: stopping.signal, say });
  await loadReturned({ node, directory: directoryOf(state, node), ledger: state.store.ledger, say });
  await openShipper(state, node);
  await tellWhile(recover(state, node), () => {
    const { epoch, position } = state.shippers.get(node)?.reached() ?? { epoch: 0, position: 0 };
    say(
      `loading the journal of ${node}: at ${node}-${epoch}-${position}; requests are taken once all of it is loaded`,
    );
  });
}

async function stop(state: State): Promise<void> {
  state.stopping.abort();
  await Promise.all([...state.workers.values()].map((worker) => worker.stop()));
}

async function settle(state: State): Promise<void> {
  await state.revival.settled();
  await stop(state); // One may have been started meanwhile.
  for (const node of state.nodes) await recover(state, node).catch(() => {});
  await Promise.all([...state.shippers.values()].map((shipper) => shipper.close()));
}

async function launch(state: State, node: string): Promise<void> {
  const worker = startWorker(await state.order(node), eventsOf(state));
  await worker.started;
  state.workers.set(node, worker);
  if (isStopping(state)) return;
  try {
    await state.briefings.give(state.parts(), async (part) => {
      state.memory.apply(part);
      state.told(part);
      await worker.brief(part);
    });
    worker.merge(state.memory.recall());
    await worker.listen();
  } catch (error) {
    worker.kill();
    throw error;
  }
  if (state.workers.get(node) === worker) state.serving.add(node);
  state.revival.runs(node);
}

function eventsOf(state: State): WorkerEvents {
  const { workers } = state;
  return {
    grant(worker, ask: GrantAsk) {
      if (state.bank === null) throw new Error('the bank is closed');
      return state.bank.grant({ node: worker.node, epoch: worker.epoch() }, ask);
    },
    giveBack(worker, { budget, period, amount, position }) {
      const returned = { node: worker.node, epoch: worker.epoch(), amount, position };
      state.bank?.giveBack(budget, period, returned).catch(() => {}); // It stays in the lease, and comes back when that closes.
    },
    askPermits: (worker, ask) => state.permits.grant(worker, ask),
    permitsBack: (worker, given) => state.permits.giveBack(worker, given),
    usage(from, usage) {
      state.memory.note(usage);
      for (const worker of workers.values()) if (worker !== from) worker.merge(usage);
    },
    keyUses: state.onKeyUses,
    canary: state.onCanary,
    ended(worker, code) {
      if (code === EXIT_JOURNAL_FAILED) state.doubtful.add(worker.node);
      if (workers.get(worker.node) !== worker) return;
      workers.delete(worker.node);
      state.closing.add(worker.node);
      state.permits.ended(worker);
      state.serving.delete(worker.node);
      if (!isStopping(state)) state.revival.ended(worker.node, code);
    },
  };
}

function isStopping({ stopping }: State): boolean {
  return stopping.signal.aborted;
}

async function startAgain(state: State, node: string): Promise<void> {
  await recover(state, node);
  if (!isStopping(state)) await launch(state, node);
}

/** Loads what a dead process left in its journal, then ends its leases. */
async function recover(state: State, node: string): Promise<void> {
  const { shippers, doubtful, closing, boot, store } = state;
  await shippers.get(node)?.drain();
  const isDoubtful = doubtful.has(node);
  await closeLeases({ ...store, node, directory: directoryOf(state, node), boot, isDoubtful });
  doubtful.delete(node);
  closing.delete(node);
}

async function openShipper(state: State, node: string): Promise<void> {
  const { store, say, onLoss, workers } = state;
  const shipper = await createShipper({
    node,
    directory: directoryOf(state, node),
    ledger: store.ledger,
    leases: store.leases,
    sleep: (milliseconds) => sleep(milliseconds),
    onFault: (error) => say(`loading the journal of ${node}: ${(error as Error).message}`),
    onRecovery: () => say(`loading the journal of ${node}: goes on again`),
    async onLoss(loss) {
      await onLoss(loss);
      endLife(state, node, loss.fault.epoch);
    },
    async onSetback({ epoch, position }) {
      say(
        `loading the journal of ${node}: the store has lost what came after ${node}-${epoch}-${position}; it is loaded again`,
      );
      // Their slices may be unknown to a store that has lost its last changes.
      await Promise.all([...workers.values()].map((worker) => worker.end()));
    },
  });
  state.shippers.set(node, shipper);
}

/** After a loss nothing more of the epoch can be loaded, so its process must go on in a new one. */
function endLife({ workers }: State, node: string, epoch: number): void {
  const worker = workers.get(node);
  if (worker?.epoch() === epoch) worker.kill();
}

function directoryOf({ journalDirectory }: State, node: string): string {
  return join(journalDirectory, node);
}
