import { fault, faultError, type Fault } from '../../journal/fault.ts';
import { isBefore, type Place } from '../../journal/segments.ts';
import { createTail, type Batch } from '../../journal/tail.ts';
import { createKeyedLock } from '../../kernel/keyed-lock.ts';
import type { LedgerStore, LeaseStore } from '../../store/ports.ts';
import type { LeaseRecord } from '../../store/records.ts';
import { createHeadway, type Headway } from './headway.ts';
import { isRefused, toLedgerBatch } from './ledger-batch.ts';

/**
 * Large: the outcome of a request that is under way where a batch ends changes a row that is stored already, which costs
 * several times as much as a row that is whole. Not larger: the primary does nothing else while it reads one.
 */
const BATCH = 2000;
const PAUSE_MILLISECONDS = 100;
/** After a batch below this size it is cheaper to let records gather: each batch costs two disk syncs. */
const SMALL_BATCH = 1250;
const BEGINNING: Place = { epoch: 0, position: 0 };
/** How often, a second apart, a disk is asked again that does not give a segment. */
const TRIES = 5;

/** Loads the journal of one data-plane process into the ledger, in order and exactly once. */
export interface Shipper {
  /** Resolves once everything before (epoch, position) is in the ledger; rejects when it never will be. */
  loaded(epoch: number, position: number): Promise<void>;
  /** Loads what is there now, to the end. */
  drain(): Promise<void>;
  /** The place up to which everything has been in the ledger. A store that lacks some of it does not know what was spent. */
  reached(): Place;
  /** Looks whether the ledger still has it, and loads what it lacks, also when closed. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The rest of an epoch that cannot be loaded, and the slices that count as spent because of it. */
export interface Loss {
  readonly fault: Fault;
  readonly leases: readonly LeaseRecord[];
}

export interface ShipperOptions {
  readonly node: string;
  readonly directory: string;
  readonly ledger: Pick<LedgerStore, 'load' | 'cursors'>;
  readonly leases: Pick<LeaseStore, 'open' | 'close'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called once for what fails again and again: an outage of an hour has 3,600 tries. */
  readonly onFault: (error: unknown) => void;
  /** What failed again and again works. */
  readonly onRecovery: () => void;
  /** Called before the rest of an epoch is given up, which happens once it has resolved. */
  readonly onLoss: (loss: Loss) => Promise<void>;
  /** The ledger lacks what it had taken, from here on; it is loaded again once this has resolved. */
  readonly onSetback: (place: Place) => Promise<void>;
}

interface State extends ShipperOptions {
  tail: ReturnType<typeof createTail>;
  /** Read, and not in the ledger yet. */
  batch: Batch | null;
  readonly headway: Headway;
  /** How often the disk was asked again for what it does not give. */
  tries: number;
}

export async function createShipper(options: ShipperOptions): Promise<Shipper> {
  const { node, directory, ledger, sleep, onFault, onRecovery } = options;
  const last = await lastLoaded(ledger, node);
  const headway = createHeadway(last ?? BEGINNING);
  const state: State = { ...options, tail: createTail(directory, last), batch: null, headway, tries: 0 };
  let isClosed = false;
  const lock = createKeyedLock();
  let checking: Promise<unknown> | null = null;

  /** One thing at a time, whoever asks. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => lock(node, work);
  const next = (): Promise<number> => alone(() => step(state));

  async function drain(): Promise<void> {
    while ((await next()) > 0);
  }

  /** Does not wait for records to gather: somebody waits for money. */
  async function hasten(place: Place): Promise<void> {
    while (!headway.isReached(place) && (await next()) > 0);
  }

  async function run(): Promise<void> {
    let told: string | null = null;
    while (!isClosed) {
      try {
        const count = await next();
        if (told !== null) onRecovery();
        told = null;
        if (count < SMALL_BATCH && !headway.isAwaited()) await sleep(PAUSE_MILLISECONDS);
      } catch (error) {
        const { message } = error as Error;
        if (message !== told) onFault(error);
        told = message;
        await sleep(PAUSE_MILLISECONDS * 10);
      }
    }
  }
  const running = run();

  return Object.freeze({
    loaded(epoch: number, position: number) {
      const place = { epoch, position };
      const loaded = headway.until(place);
      if (headway.isAwaited()) void hasten(place).catch(() => {});
      return loaded;
    },
    drain,
    reached: headway.furthest,
    async check() {
      checking ??= alone(() => isSetBack(state))
        .then(() => hasten(headway.furthest()))
        .finally(() => (checking = null));
      await checking;
    },
    async close() {
      isClosed = true;
      await running;
      await state.tail.close();
    },
  });
}

/** Loads what comes next; returns the number of records. */
async function step(state: State): Promise<number> {
  for (;;) {
    if (state.headway.isStuck() && !(await state.tail.skipEpoch())) return 0;
    state.headway.goOn();
    const done = await advance(state);
    if (typeof done === 'number') return done;
    if (state.batch !== null && (await isSetBack(state))) continue; // Else the journal itself is at fault.
    if (!(await isWaitedFor(state, done))) await giveUp(state, done);
  }
}

/** An epoch that has slices but no record yet says nothing about the ones before. */
async function lastLoaded({ cursors }: Pick<LedgerStore, 'cursors'>, node: string) {
  return (await cursors(node)).findLast(({ position }) => position > 0);
}

/**
 * A database that failed over to a copy, or was restored, may lack the last of what it had taken. The journal has it: it is
 * loaded again. True when there was something to go back to.
 */
async function isSetBack(state: State): Promise<boolean> {
  const last = await lastLoaded(state.ledger, state.node);
  const place = last ?? BEGINNING;
  if (!isBefore(place, state.headway.place())) return false;
  await state.onSetback(place);
  await state.tail.close();
  Object.assign(state, { tail: createTail(state.directory, last), batch: null, tries: 0 });
  state.headway.moveTo(place);
  return true;
}

/** A disk that does not give a segment may do so again soon. True after a pause, before the next try. */
async function isWaitedFor(state: State, found: Fault): Promise<boolean> {
  if (found.kind !== 'unreadable' || state.tries >= TRIES) return false;
  state.tries += 1;
  state.onFault(faultError(found));
  await state.sleep(PAUSE_MILLISECONDS * 10);
  return true;
}

/** What was read stays until the ledger has it: a store that fails for a while must not lose it. */
async function advance(state: State): Promise<number | Fault> {
  try {
    state.batch ??= await state.tail.next(BATCH);
    if (state.batch === null) return 0;
    // The store would accept records of a new epoch even if it lacked the end of the one before.
    if (state.batch.epoch !== state.headway.place().epoch && (await isSetBack(state)))
      return await advance(state);
    await state.ledger.load(toLedgerBatch(state.node, state.batch));
  } catch (error) {
    const found = faultOf(state, error);
    if (found === null) throw error;
    return found;
  }
  const { epoch, to, records } = state.batch;
  state.batch = null;
  state.tries = 0;
  state.headway.moveTo({ epoch, position: to });
  return records.length;
}

/** Null for a fault of store or disk that may pass. */
function faultOf({ node, batch, tail }: State, error: unknown): Fault | null {
  if (!isRefused(error)) return null;
  if (batch === null) return tail.fault();
  const point = { node, epoch: batch.epoch, position: batch.from };
  return fault('malformed', point, `the ledger does not accept it or what follows: ${error.message}`);
}

/**
 * What follows the fault in its epoch is never loaded. So the slices of its process count as spent, also those of
 * epochs before it, whose end only a sound epoch vouches for; and what it had under way is looked up at the vendors.
 */
async function giveUp(state: State, found: Fault): Promise<void> {
  const { node, leases, onLoss } = state;
  const held = (await leases.open()).filter((one) => one.node === node && one.epoch <= found.epoch);
  await onLoss({ fault: found, leases: held });
  for (const epoch of new Set([...held.map((one) => one.epoch), found.epoch]))
    await leases.close(node, epoch, 'presume');
  state.batch = null;
  state.tries = 0;
  state.headway.giveUp(found);
}
