import { createTail, findRecord } from '../journal/tail.ts';
import type { LedgerStore, LeaseStore } from '../store/ports.ts';
import { toLedgerBatch } from './ledger-batch.ts';

const BATCH = 1000;
const PAUSE = 100;
/** After a batch below this size it is cheaper to let records gather: each batch costs two disk syncs. */
const SMALL_BATCH = 250;

/** Loads the journal of one data-plane process into the ledger, in order and exactly once. */
export interface Shipper {
  /** Resolves once everything before (epoch, position) is in the ledger. */
  loaded(epoch: number, position: number): Promise<void>;
  /** Loads what is there now, to the end. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface ShipperOptions {
  readonly node: string;
  readonly directory: string;
  readonly ledger: Pick<LedgerStore, 'load' | 'cursors'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export async function createShipper({
  node,
  directory,
  ledger,
  sleep,
  onFault,
}: ShipperOptions): Promise<Shipper> {
  const last = (await ledger.cursors(node)).at(-1);
  const tail = createTail(directory, last);
  let epoch = last?.epoch ?? 0;
  let position = last?.position ?? 0;
  let waiters: { readonly epoch: number; readonly position: number; done(): void }[] = [];
  let isClosed = false;
  let turn: Promise<number> = Promise.resolve(0);

  /** Loads what comes next; returns the number of records. */
  async function step(): Promise<number> {
    const batch = await tail.next(BATCH);
    if (batch === null) return 0;
    await ledger.load(toLedgerBatch(node, batch));
    epoch = batch.epoch;
    position = batch.to;
    const reached = waiters.filter((waiter) => isReached(waiter));
    waiters = waiters.filter((waiter) => !isReached(waiter));
    for (const waiter of reached) waiter.done();
    return batch.records.length;
  }

  const isReached = (place: { readonly epoch: number; readonly position: number }): boolean =>
    epoch > place.epoch || (epoch === place.epoch && position >= place.position);

  /** One step at a time, whoever asks. */
  function next(): Promise<number> {
    turn = turn.then(step, step);
    return turn;
  }

  async function drain(): Promise<void> {
    while ((await next()) > 0);
  }

  /** Does not wait for records to gather: somebody waits for money. */
  async function hasten(place: { readonly epoch: number; readonly position: number }): Promise<void> {
    while (!isReached(place) && (await next()) > 0);
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        if ((await next()) < SMALL_BATCH && waiters.length === 0) await sleep(PAUSE);
      } catch (error) {
        onFault(error);
        await sleep(PAUSE * 10);
      }
    }
  }
  const running = run();

  return Object.freeze({
    loaded(wantedEpoch: number, wantedPosition: number) {
      const place = { epoch: wantedEpoch, position: wantedPosition };
      if (isReached(place)) return Promise.resolve();
      return new Promise<void>((done) => {
        waiters.push({ ...place, done });
        void hasten(place).catch(() => {});
      });
    },
    drain,
    async close() {
      isClosed = true;
      await running;
      await tail.close();
    },
  });
}

export interface RecoveryOptions {
  readonly node: string;
  readonly directory: string;
  readonly boot: string;
  readonly leases: Pick<LeaseStore, 'open' | 'close'>;
  /** True when the last life ended because its journal could not be made durable. */
  readonly isDoubtful: boolean;
}

/**
 * Ends the leases of a process that is dead and whose journal is loaded to its end. When the machine went down in
 * between, or the disk failed, records may be lost: what is left of the leases counts as spent.
 */
export async function closeLeases({
  node,
  directory,
  boot,
  leases,
  isDoubtful,
}: RecoveryOptions): Promise<void> {
  const epochs = new Set(
    (await leases.open()).filter((lease) => lease.node === node).map(({ epoch }) => epoch),
  );
  for (const epoch of epochs) {
    const opening = await findRecord(directory, { epoch, position: 0 });
    const isSameBoot = opening?.record.type === 'open' && opening.record.boot === boot;
    await leases.close(node, epoch, isSameBoot && !isDoubtful ? 'free' : 'presume');
  }
}
