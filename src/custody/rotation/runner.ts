import type { AdminAct } from '../../journal/records.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import type { Collection, SettingStore } from '../../store/ports.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { SecretRotation } from '../../vendors/management-adapter.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { createCandidates, previousName } from '../candidate.ts';
import { findAccount } from '../find-account.ts';
import { openAccount } from '../open.ts';
import type { Sealer } from '../sealing/sealer.ts';
import { STEPS } from './procedure.ts';
import { createRotationStore, hasEnded, type RotationRecord } from './record.ts';
import { createVendorLine } from './vendor-calls.ts';
import { Halt, type Change, type Work } from './work.ts';

export interface RunnerOptions {
  readonly accounts: Collection<AccountRecord>;
  readonly settings: SettingStore;
  /** Of purpose `account`. */
  readonly sealer: Sealer;
  /** Of purpose `setting`. */
  readonly settingSealer: Sealer;
  /** Puts the staged credential in use; resolves when every data-plane process has confirmed it. */
  readonly commit: (account: string) => Promise<unknown>;
  /** Answers 401 of the vendor to apps of this account so far. */
  readonly refusals: (account: string) => Promise<number>;
  readonly send: (request: WireRequest, upstream: string | null) => Promise<WireResponse>;
  /** Journals a step before it happens. */
  readonly record: (act: AdminAct) => Promise<void>;
  readonly incident: (what: string, detail: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Called with each rotation that ends or halts. */
  readonly onSettled: (record: RotationRecord) => void;
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: RandomBytes;
  /** Rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Runs rotations step by step, one for each account at a time. */
export function createRunner(options: RunnerOptions) {
  const { settings, settingSealer, clock } = options;
  const store = createRotationStore(settings);
  const candidates = createCandidates(settings, settingSealer);
  const previous = createCandidates(settings, settingSealer, previousName);
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  async function advance(record: RotationRecord, { note = '', ...change }: Change): Promise<RotationRecord> {
    const next = { ...record, ...change };
    const at = clock.wall();
    const isStep = next.phase !== record.phase;
    const steps = isStep ? [...record.steps, { phase: next.phase, at, note }] : record.steps;
    const written = { ...next, steps, endedAt: hasEnded(next) ? at : null };
    await options.record(actOf(written, isStep ? note : `attempt ${next.tries}`));
    await store.put(written);
    return written;
  }

  async function proceed(
    begun: RotationRecord,
    account: AccountRecord,
    work: Work,
  ): Promise<RotationRecord | null> {
    let record = begun;
    try {
      openAccount(options.sealer, account); // Throws when `upstream` was changed in the store: nothing is sent there.
      for (let step = STEPS[record.phase]; step !== undefined; step = STEPS[record.phase])
        record = await step(work, record);
    } catch (error) {
      if (stopping.signal.aborted) return null;
      record = halted((await store.get(record.account)) ?? record, error);
      await options.incident('rotation halted', detailOf(record));
      await store.put(record);
    }
    return record;
  }

  return Object.freeze({
    store,
    candidates,
    previous,
    advance,
    run(record: RotationRecord, account: AccountRecord, rotation: SecretRotation): void {
      const shop = { ...options, signal: stopping.signal, candidates, previous, advance };
      const done = proceed(record, account, workOn(shop, account, rotation))
        .catch(() => null) // The store is gone: the next process takes it up.
        .finally(() => running.delete(account.id)) // Before anybody is told, who may begin the next one.
        .then((end) => (end === null ? undefined : options.onSettled(end)));
      running.set(account.id, done);
    },
    isRunning: (account: string) => running.has(account),
    async settled(account: string): Promise<RotationRecord | null> {
      await running.get(account);
      return store.get(account);
    },
    async close(): Promise<void> {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  });
}

/** Only our own sentences are kept: the message of any other error may hold anything. */
function halted(record: RotationRecord, error: unknown): RotationRecord {
  const isOurs = error instanceof Halt || error instanceof RingfenceError;
  return { ...record, problem: isOurs ? error.message : 'It stopped at an unexpected error.' };
}

function detailOf({ id, account, secret, phase, problem }: RotationRecord) {
  return { rotation: id, account, secret, phase, problem };
}

type Workshop = RunnerOptions &
  Pick<Work, 'candidates' | 'previous' | 'advance'> & { readonly signal: AbortSignal };

function workOn(shop: Workshop, { id, upstream }: AccountRecord, rotation: SecretRotation): Work {
  const { accounts, sealer, clock, random, candidates, previous, advance } = shop;
  const sleep = (milliseconds: number) => shop.sleep(milliseconds, shop.signal);
  return {
    rotation,
    line: createVendorLine({
      send: (request) => untilAborted(shop.send(request, upstream), shop.signal),
      sleep,
    }),
    current: async () => openAccount(sealer, await findAccount(accounts, id)),
    candidates,
    previous,
    commit: async () => void (await shop.commit(id)),
    refusals: () => shop.refusals(id),
    advance,
    random,
    now: () => clock.wall(),
    sleep,
  };
}

/** A vendor that does not answer must not hold up the end of the process; what came of the request is found out later. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('The process ends.'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function actOf(record: RotationRecord, note: string): AdminAct {
  const { id, account, secret, actor, reason, phase, created, problem } = record;
  const isTold = problem === null || problem === note;
  return {
    actor,
    act: `rotation.${phase}`,
    target: account,
    detail: { rotation: id, secret, reason, created, note, ...(isTold ? {} : { problem }) },
  };
}
