import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { KeyRingSource } from '../custody/sealing/key-ring-source.ts';
import { createBank } from '../guard/budgets/bank.ts';
import type { AdminAct } from '../journal/records.ts';
import { openAftermath } from './aftermath.ts';
import { createCustodians } from './custodians.ts';
import { CONTROL, dataPlaneNodes, layFoundation, type Foundation } from './foundation.ts';
import { createLosses, type Losses } from './losses.ts';
import { createRules } from './rules.ts';
import { openSettlement } from './settlement/open.ts';
import { createShipper, type Shipper } from './shipper.ts';
import { allParts, startOrder } from './start-order.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { createTending } from './tending.ts';

export interface PrimaryOptions {
  readonly config: Config;
  readonly keyRing: KeyRingSource;
  /** URL of PostgreSQL, where the configuration wants that and names no file. */
  readonly databaseUrl?: string | undefined;
  readonly say: (line: string) => void;
  /** Milliseconds between two rounds of looking up late prices and unknown outcomes. */
  readonly settleEvery?: number;
  readonly graceMilliseconds?: number;
}

/** A process that hangs does not hold up those that need money for longer. */
const RECALL_PATIENCE_MILLISECONDS = 500;

export type Primary = Awaited<ReturnType<typeof openPrimary>>;

/**
 * The primary process of a node: store, custody, bank of budget money, loading of journals, settlement, and the
 * data-plane processes. Nothing of an app's request runs here.
 */
export async function openPrimary(options: PrimaryOptions) {
  const { config, keyRing, say, settleEvery = 1000 } = options;
  const foundation = await layFoundation(config, keyRing, options.databaseUrl);
  const { boot: _boot, send: _send, upstream, ...open } = foundation;
  const { store, clock, journal } = open;
  const nodes = dataPlaneNodes(config);
  const losses = createLosses({ journal, clock, say });
  const supervisor = openSupervisor(foundation, keyRing, {
    nodes,
    losses,
    say,
    canaryUsed: (...use) => aftermath.canaries.used(...use),
  });
  const rules = createRules(foundation, supervisor);
  const bank = createBank({
    leases: store.leases,
    clock,
    budget: rules.budget,
    holders: supervisor,
    patience: () => sleep(RECALL_PATIENCE_MILLISECONDS, undefined, { ref: false }),
    loaded: supervisor.loaded,
  });
  const settlement = openSettlement(foundation, rules.budget, options.graceMilliseconds);
  const tending = createTending({
    foundation,
    nodes,
    supervisor,
    settle: [settlement.prices, settlement.outcomes],
    every: settleEvery,
    say,
  });
  const custodians = createCustodians(foundation, supervisor.broadcast, say);
  const aftermath = openAftermath(foundation, { ...custodians, supervisor, say });
  let controlShipper: Shipper | null = null;

  return Object.freeze({
    ...open,
    losses,
    supervisor,
    bank,
    settlement,
    ...custodians,
    ...aftermath,
    ...rules.refreshers,
    /** Journals an administrative act before it happens. */
    async record(act: AdminAct): Promise<void> {
      journal.append({ type: 'admin', at: clock.wall(), ...act });
      await journal.flush();
    },
    async start() {
      controlShipper = await openControlShipper(foundation, losses, say);
      await rules.refreshers.refreshBudgets();
      await supervisor.start(bank);
      tending.start();
      await aftermath.rotations.resume();
    },
    async close() {
      tending.stop();
      await aftermath.rotations.close();
      await supervisor.stop();
      await tending.ended();
      await journal.close();
      await controlShipper?.drain().catch((error: Error) => say(`the control journal: ${error.message}`));
      await controlShipper?.close();
      // A vendor that is still being waited for does not hold up the end.
      await Promise.race([upstream.close(), sleep(1000, undefined, { ref: false })]);
      await store.close();
    },
  });
}

interface Supervision {
  readonly nodes: readonly string[];
  readonly losses: Losses;
  readonly say: PrimaryOptions['say'];
  readonly canaryUsed: ReturnType<typeof openAftermath>['canaries']['used'];
}

/** The data-plane processes; what they tell beside their work is written down, and a failure to do so is said. */
function openSupervisor(
  foundation: Foundation,
  keyRing: KeyRingSource,
  { nodes, losses, say, canaryUsed }: Supervision,
): Supervisor {
  const { store, paths, boot, clock } = foundation;
  const told = (what: string) => (error: Error) => say(`${what}: ${error.message}`);
  return createSupervisor({
    nodes,
    order: (node) => startOrder(foundation, keyRing, node),
    parts: () => allParts(foundation),
    store,
    journalDirectory: paths.journal,
    boot,
    clock,
    say,
    onKeyUses: (uses) => void store.keys.touch(uses).catch(told('last use of keys')),
    onCanary: ({ canary, use, count }) => void canaryUsed(canary, use, count).catch(told('canary')),
    onLoss: losses.note,
  });
}

function openControlShipper(
  { paths, store }: Foundation,
  losses: Losses,
  say: PrimaryOptions['say'],
): Promise<Shipper> {
  return createShipper({
    node: CONTROL,
    directory: join(paths.journal, CONTROL),
    ledger: store.ledger,
    leases: store.leases,
    sleep: (milliseconds) => sleep(milliseconds),
    onLoss: losses.note,
    onFault: (error) => say(`loading the control journal: ${(error as Error).message}`),
    onRecovery: () => say('loading the control journal: goes on again'),
  });
}
