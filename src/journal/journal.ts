import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import type { Settled } from './durability.ts';
import { createEpoch, type Epoch } from './epoch.ts';
import { lockDirectory } from './lock.ts';
import { withDefaults, type JournalOptions, type JournalSettings, type JournalState } from './options.ts';
import { recoverLastLife, type LastLife } from './recover.ts';
import type { JournalRecord, OpenRecord } from './records.ts';
import { previousOf } from './segment-writer.ts';
import { syncDirectory } from './segments.ts';

/** The journal of one process in one life (epoch). Every record has a position; positions start at 0 and have no gap. */
export interface Journal {
  readonly node: string;
  readonly epoch: number;
  /** First position that was not given out. */
  position(): number;
  /**
   * Takes a record (or its JSON) and returns its position. It is written at the end of this turn of the event
   * loop; then `onWritten` is called: with null when `kill -9` can no longer lose it, with the error when the
   * record will never be written. Throws `journal_unavailable` when failed, closed or out of space. A full journal
   * still takes everything but intents and refusals while its headroom lasts.
   */
  append(record: JournalRecord | string, onWritten?: Settled): number;
  /**
   * Calls back when the record is on disk, at once when it is already. Called with an error: the record may or
   * may not survive, nothing that depends on it may be released.
   */
  onDurable(position: number, callback: Settled): void;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  /** May a new request that spends begin? False when full, failed, closed, or when the disk is too slow. */
  accepts(): boolean;
  state(): JournalState;
  /** Milliseconds that the oldest record has waited for the disk; 0 when none waits. */
  lag(): number;
  /** Ends the epoch with a checkpoint and a close record, and releases the directory. */
  close(): Promise<void>;
}

/**
 * Opens the next epoch in `directory`; resolves when its open record is on disk. `conflict` when another live
 * process holds the directory, `journal_unavailable` when the disk does not take the first record.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const settings = withDefaults(options);
  const { directory } = settings;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory, settings.processes);
  try {
    await syncDirectory(dirname(directory));
    const last = await recoverLastLife(directory, settings);
    return await begin(settings, last, unlock);
  } catch (error) {
    unlock();
    throw error instanceof RingfenceError ? error : unavailable(error);
  }
}

function unavailable(cause: unknown): RingfenceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RingfenceError('journal_unavailable', `The journal cannot be opened: ${why}`, { cause });
}

async function begin(settings: JournalSettings, last: LastLife, unlock: () => void): Promise<Journal> {
  const number = Math.max(last.epoch, settings.afterEpoch) + 1;
  const epoch = createEpoch(settings, { number, head: last.head });
  try {
    await epoch.prepare();
    epoch.writer.append(openRecord(settings, number, last));
    epoch.writer.checkpoint();
    if (last.fault !== null) epoch.writer.append(damageRecord(settings, last.fault));
    await flush(epoch);
  } catch (error) {
    await epoch.end();
    throw error;
  }
  epoch.start();
  return createFacade(settings, epoch, unlock);
}

function openRecord(
  { node, clock, boot, version }: JournalSettings,
  epoch: number,
  last: LastLife,
): OpenRecord {
  return { type: 'open', at: clock.wall(), node, epoch, previous: previousOf(last.head), boot, version };
}

function damageRecord({ clock }: JournalSettings, fault: LastLife['fault']): JournalRecord {
  return { type: 'incident', at: clock.wall(), what: 'journal_damaged', detail: { ...fault } };
}

function createFacade({ node, clock }: JournalSettings, epoch: Epoch, unlock: () => void): Journal {
  let closing: Promise<void> | null = null;
  return Object.freeze({
    node,
    epoch: epoch.number,
    append(record: JournalRecord | string, onWritten?: Settled) {
      if (closing !== null || (epoch.isFull() && isNew(record))) throw refusal(closing !== null);
      return epoch.writer.append(record, onWritten);
    },
    position: () => epoch.writer.position(),
    onDurable: (position: number, callback: Settled) => epoch.durability.onDurable(position, callback),
    flush: () => flush(epoch),
    accepts: () => closing === null && epoch.accepts(),
    state: (): JournalState => (closing === null ? epoch.state() : 'closed'),
    lag: () => epoch.lag(),
    close() {
      closing ??= close(epoch, clock.wall()).finally(unlock);
      return closing;
    },
  });
}

function refusal(closed: boolean): RingfenceError {
  return new RingfenceError(
    'journal_unavailable',
    closed ? 'The journal is closed' : 'The journal is out of space',
  );
}

/** Intents and refusals begin something; everything else ends or explains it. Quotes inside strings are escaped. */
function isNew(record: JournalRecord | string): boolean {
  if (typeof record !== 'string') return record.type === 'intent' || record.type === 'refusal';
  return record.includes('"type":"intent"') || record.includes('"type":"refusal"');
}

function flush({ writer, durability }: Epoch): Promise<void> {
  return new Promise((resolve, reject) => {
    durability.onDurable(writer.position() - 1, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function close(epoch: Epoch, at: number): Promise<void> {
  try {
    if (epoch.state() === 'failed') return;
    writeEnd(epoch, at);
    await flush(epoch);
  } finally {
    await epoch.end();
  }
}

/** A journal without any space left ends without these: its last records are signed by the next epoch. */
function writeEnd({ writer }: Epoch, at: number): void {
  try {
    writer.checkpoint();
    writer.append({ type: 'close', at });
  } catch (error) {
    if (!(error instanceof RingfenceError) || error.code !== 'journal_unavailable') throw error;
  }
}
