import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { KeyRingSource } from '../custody/sealing/key-ring-source.ts';
import { createBank, type Bank } from '../guard/budgets/bank.ts';
import { createBackgroundWork } from './background-work.ts';
import { createCustodians } from './custodians.ts';
import { CONTROL, layFoundation, type Foundation } from './foundation.ts';
import { createKills, type Kills } from './kills.ts';
import { createKnownNames, type KnownNames } from './known-names.ts';
import { openLeakResponse } from './leak-response.ts';
import { createLosses, type Losses } from './loading/losses.ts';
import { createRules } from './rules.ts';
import { openSettlement } from './settlement/open.ts';
import { createShipper, type Shipper } from './loading/shipper.ts';
import { allParts, startOrder } from './processes/start-order.ts';
import { createSupervisor, type Supervisor } from './processes/supervisor.ts';
import { pass, within } from './within.ts';

export interface PrimaryOptions {
  readonly config: Config;
  readonly keyRing: KeyRingSource;
  /** URL of PostgreSQL, where the configuration wants that and names no file. */
  readonly databaseUrl?: string | undefined;
  /** The ledger clock goes on at the time of this machine, forward or back, however far that is. */
  readonly trustClock?: boolean;
  readonly say: (line: string) => void;
  /** Milliseconds between two rounds of looking up late prices and unknown outcomes. */
  readonly settleEvery?: number;
  readonly graceMilliseconds?: number;
}

/** How long those that need money wait for a process that hangs. */
const RECALL_PATIENCE_MILLISECONDS = 500;
/** How long whoever puts a kill switch on waits for a store that says nothing; the switch is in force before that. */
const STORE_PATIENCE_MILLISECONDS = 2000;
/** For the store at the end. Processes have 10 seconds before that, and service managers kill a gateway after 30. */
const PATIENCE_AT_END_MILLISECONDS = 8000;
/** How long the end waits for requests to vendors that are under way. */
const VENDOR_PATIENCE_MILLISECONDS = 1000;

export type Primary = Awaited<ReturnType<typeof openPrimary>>;

/**
 * The primary process of a node: store, custody, bank of budget money, loading of journals, settlement, and the
 * data-plane processes. Nothing of an app's request runs here.
 */
export async function openPrimary(options: PrimaryOptions) {
  const { config, keyRing, say, settleEvery = 1000 } = options;
  const foundation = await layFoundation(config, keyRing, options);
  const { store, clock, journal, upstream } = foundation;
  const losses = createLosses({ journal, clock, say });
  const known = createKnownNames();
  const kills = openKills(foundation, (part) => supervisor.broadcast(part), say);
  const canaryUsed: Supervision['canaryUsed'] = (...use) => leakResponse.canaries.used(...use);
  const supervision = { losses, kills, known, say, canaryUsed };
  const supervisor = openSupervisor(foundation, keyRing, supervision);
  void foundation.taken.then(supervisor.abandon);
  const rules = createRules(foundation, supervisor);
  const bank = openBank(foundation, rules.budget, supervisor);
  const settlement = openSettlement(foundation, rules.budget, options.graceMilliseconds);
  const background = createBackgroundWork({
    foundation,
    supervisor,
    rounds: [settlement.prices, settlement.outcomes, kills.storeRest],
    every: settleEvery,
    say,
  });
  const custodians = createCustodians(foundation, { ...supervisor, ...rules.refreshers, say });
  const leakResponse = openLeakResponse(foundation, { ...custodians, supervisor, say });
  let controlShipper: Shipper | null = null;

  async function endBooks(): Promise<void> {
    await background.ended();
    await journal.close();
    await controlShipper?.drain().catch((error: Error) => say(`the control journal: ${error.message}`));
    await controlShipper?.close();
    await within(VENDOR_PATIENCE_MILLISECONDS, upstream.close());
    await store.close();
  }

  return Object.freeze({
    ...foundation,
    losses,
    supervisor,
    kills,
    known,
    bank,
    settlement,
    ...custodians,
    ...leakResponse,
    ...rules.refreshers,
    refreshKills: kills.refresh,
    async start() {
      controlShipper = await openControlShipper(foundation, losses, say);
      await kills.open();
      await kills.refresh();
      await rules.refreshers.refreshBudgets();
      await supervisor.start(bank);
      background.start();
      await leakResponse.resume();
    },
    async close() {
      background.stop();
      await within(STORE_PATIENCE_MILLISECONDS, leakResponse.rotations.close());
      await supervisor.stop();
      // What a store does not take any more is loaded by the next start: nothing is lost, and nobody has to kill us.
      await within(PATIENCE_AT_END_MILLISECONDS, supervisor.settle().then(endBooks));
    },
  });
}

function openBank(
  { store, clock }: Foundation,
  budget: ReturnType<typeof createRules>['budget'],
  supervisor: Supervisor,
): Bank {
  const { leases } = store;
  const patience = () => pass(RECALL_PATIENCE_MILLISECONDS);
  const { loaded, journals } = supervisor;
  return createBank({ leases, clock, budget, holders: supervisor, patience, loaded, journals });
}

function openKills(
  { store, paths, lock }: Foundation,
  broadcast: Supervisor['broadcast'],
  say: PrimaryOptions['say'],
): Kills {
  const patience = () => pass(STORE_PATIENCE_MILLISECONDS);
  return createKills({ kills: store.kills, path: paths.kills, lock, broadcast, say, patience });
}

interface Supervision {
  readonly losses: Losses;
  readonly kills: Kills;
  readonly known: KnownNames;
  readonly say: PrimaryOptions['say'];
  readonly canaryUsed: ReturnType<typeof openLeakResponse>['canaries']['used'];
}

/** The data-plane processes; what they tell beside their work is written down, and a failure to do so is said. */
function openSupervisor(
  foundation: Foundation,
  keyRing: KeyRingSource,
  { losses, kills, known, say, canaryUsed }: Supervision,
): Supervisor {
  const { store, paths, nodes, former, boot, clock } = foundation;
  const told = (what: string) => (error: Error) => say(`${what}: ${error.message}`);
  return createSupervisor({
    nodes,
    former,
    order: (node) => startOrder(foundation, keyRing, node),
    parts: () => allParts(foundation, kills),
    told: known.apply,
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
    onSetback: async () =>
      say('loading the control journal: the store has lost the last of it; it is loaded again'),
  });
}
