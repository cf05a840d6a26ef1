import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_WORKERS, pathsOf, type Config } from '../config/config.ts';
import { loadOrCreateCheckpointKey, type CheckpointKey } from '../custody/checkpoint-key.ts';
import { createKeyRing, type KeyRing } from '../custody/sealing/key-ring.ts';
import { readKeyRing, type KeyRingSource } from '../custody/sealing/key-ring-source.ts';
import { createSealer } from '../custody/sealing/sealer.ts';
import { createUpstream } from '../gateway/upstream.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import type { AdminAct } from '../journal/records.ts';
import { createClock, type Clock } from '../kernel/clock.ts';
import type { RingfenceError } from '../kernel/errors.ts';
import { VERSION } from '../kernel/version.ts';
import { createKeyedLock } from '../kernel/keyed-lock.ts';
import type { Store } from '../store/ports.ts';
import { VENDORS } from '../vendors/index.ts';
import { createRegistry } from '../vendors/registry.ts';
import { createClosedAccounts } from './closed-accounts.ts';
import { createJournalNews } from './journal-news.ts';
import { ledgerStart } from './ledger-time.ts';
import { refuseLostStore } from './lost-store.ts';
import { createSender } from './sender.ts';
import { createPolicyInForce, createPolicyReader } from './policy-in-force.ts';
import { openStore } from './store.ts';
import { openTrust } from './trust.ts';
import { uptime } from './uptime.ts';

/** Node name of the primary's own journal. */
export const CONTROL = 'control';

/** Node names of the data-plane processes. */
export function dataPlaneNodes({ workers }: Pick<Config, 'workers'>): readonly string[] {
  return Array.from({ length: workers }, (_, index) => `w${index}`);
}

/** Those that there were with more workers, as on a larger machine: their journals stay, and may hold what is not loaded yet. */
async function formerNodes(config: Config, { ledger }: Pick<Store, 'ledger'>): Promise<readonly string[]> {
  const { journal } = pathsOf(config);
  const former: string[] = [];
  for (const node of dataPlaneNodes({ workers: MOST_WORKERS }).slice(config.workers))
    if (existsSync(join(journal, node)) || (await ledger.cursors(node)).length > 0) former.push(node);
  return former;
}

export type Foundation = Awaited<ReturnType<typeof layFoundation>>;

/** Opens what everything else in the primary stands on: store, key ring, clock, journal, authority, way to the vendors. */
export async function layFoundation(
  config: Config,
  source: KeyRingSource,
  {
    databaseUrl,
    trustClock = false,
    say,
  }: {
    readonly databaseUrl?: string | undefined;
    readonly trustClock?: boolean;
    readonly say: (line: string) => void;
  },
) {
  const paths = pathsOf(config);
  const ring = createKeyRing(await readKeyRing(source));
  const taken = Promise.withResolvers<RingfenceError>();
  await refuseLostStore(config, databaseUrl);
  const store = await openStore(config, databaseUrl, taken.resolve);
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const start = trustClock ? Date.now() : await ledgerStart(store, Date.now());
  const clock = createClock({ wall: Date.now, monotonic: () => performance.now(), uptime, start });
  const registry = createRegistry(VENDORS);
  const sealers = createSealers(ring);
  const settings = { settings: store.settings, sealer: sealers.setting, random: randomBytes };
  const checkpoint = await loadOrCreateCheckpointKey(settings);
  const journal = await openControlJournal(config, { store, clock, boot, checkpoint, say });
  const { accounts } = store;
  const trust = await openTrust({ accounts, registry, ...settings, clock });
  const upstream = createUpstream();
  const readPolicy = createPolicyReader();
  return Object.freeze({
    config,
    paths,
    /** Data-plane processes. */
    nodes: dataPlaneNodes(config),
    former: await formerNodes(config, store),
    ring,
    /** Newest key of the ring as it lies there now; what is added is read at the next start. */
    newestAtRest: async () => createKeyRing(await readKeyRing(source)).newest,
    store,
    boot,
    clock,
    registry,
    sealers,
    checkpoint,
    journal,
    record: createActRecorder(journal, clock),
    trust,
    upstream,
    /** Resolves when another gateway has come to work on the store. */
    taken: taken.promise,
    readPolicy,
    policyInForce: createPolicyInForce(store, readPolicy),
    closedAccounts: createClosedAccounts({ store, sealers }),
    /** Held, by its id, while a record is read, changed and put back: re-keying cannot undo a revocation in between. */
    lock: createKeyedLock(),
    send: createSender(upstream, CONTROL),
  });
}

interface ControlJournalParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly boot: string;
  readonly checkpoint: CheckpointKey;
  readonly say: (line: string) => void;
}

/** The journal of the primary itself: administrative acts, and what happens beside the requests. */
async function openControlJournal(
  config: Config,
  { store, clock, boot, checkpoint, say }: ControlJournalParts,
): Promise<Journal> {
  const paths = pathsOf(config);
  return openJournal({
    directory: join(paths.journal, CONTROL),
    node: CONTROL,
    clock,
    boot,
    version: VERSION,
    sign: checkpoint.sign,
    afterEpoch: await lastEpoch(store, CONTROL),
    onChange: createJournalNews(paths.journal, say),
    ...config.journal,
  });
}

/** Journals an administrative act; to be awaited before it happens. */
function createActRecorder(journal: Journal, clock: Clock) {
  return async (act: AdminAct): Promise<void> => {
    journal.append({ type: 'admin', at: clock.wall(), ...act });
    await journal.flush();
  };
}

/** The last epoch of a node that the store knows: a journal whose files are lost must not give its places out again. */
export async function lastEpoch({ ledger }: Pick<Store, 'ledger'>, node: string): Promise<number> {
  return (await ledger.cursors(node)).at(-1)?.epoch ?? 0;
}

function createSealers(keyRing: KeyRing) {
  return Object.freeze({
    account: createSealer({ keyRing, random: randomBytes, purpose: 'account' }),
    key: createSealer({ keyRing, random: randomBytes, purpose: 'key' }),
    setting: createSealer({ keyRing, random: randomBytes, purpose: 'setting' }),
  });
}
