import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import { createDurability, type Durability } from './durability.ts';
import type { JournalSettings, JournalState } from './options.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts';
import { createSpaceWatch, type SpaceWatch } from './space.ts';
import { createStock, type Stock } from './stock.ts';
import { settled } from './system.ts';
import { createWriter, type Writer } from './writer.ts';

/** The parts that write one epoch, and the state that they are in together. */
export interface Epoch {
  readonly number: number;
  readonly writer: Writer;
  readonly durability: Durability;
  state(): Exclude<JournalState, 'closed'>;
  isFull(): boolean;
  accepts(): boolean;
  lag(): number;
  /** Measures the free space and prepares the first segment. */
  prepare(): Promise<void>;
  /** Begins the work of each second: checkpoint, free space, next segment. */
  start(): void;
  /** Stops and closes everything; nothing may be appended any more. */
  end(): Promise<void>;
}

interface Parts {
  readonly settings: JournalSettings;
  readonly directory: number;
  readonly stock: Stock;
  readonly space: SpaceWatch;
  readonly segments: SegmentWriter;
  readonly durability: Durability;
  readonly writer: Writer;
  failure: RingfenceError | null;
  stop: () => void;
  told: JournalState;
}

const MAINTENANCE_MILLISECONDS = 1_000;

export function createEpoch(
  settings: JournalSettings,
  { number, head }: { readonly number: number; readonly head: string },
): Epoch {
  const parts = createParts(settings, number, head);
  return {
    number,
    writer: parts.writer,
    durability: parts.durability,
    state: () => stateOf(parts),
    isFull: () => isFull(parts),
    accepts: () => stateOf(parts) === 'open' && lag(parts) <= settings.maxLag,
    lag: () => lag(parts),
    prepare: () => new Promise((resolve) => maintain(parts, resolve)),
    start() {
      parts.stop = settings.scheduler.every(MAINTENANCE_MILLISECONDS, () => eachSecond(parts));
    },
    end: () => end(parts),
  };
}

function createParts(settings: JournalSettings, epoch: number, head: string): Parts {
  const { files, directory, node, boot, segmentBytes, clock, sign, checkpointEvery } = settings;
  const monotonic = (): number => clock.monotonic();
  const onFailure = (error: unknown): void => fail(parts, error);
  const { immediate } = settings.scheduler;
  const descriptor = openSync(directory, 'r');
  const path = join(directory, `${epoch}.prepared`);
  const stock = createStock({ files, path, segmentBytes });
  const durability = createDurability({ files, directory: descriptor, monotonic, immediate, onFailure });
  const segments = createSegmentWriter({ files, directory, node, boot, epoch, segmentBytes, stock });
  const writer = createWriter({
    node,
    epoch,
    chain: { position: 0, head },
    clock,
    immediate,
    sign,
    checkpointEvery,
    segments,
    durability,
    onFailure,
  });
  const space = createSpaceWatch(files, directory, settings.minFreeBytes);
  const parts: Parts = {
    settings,
    directory: descriptor,
    stock,
    space,
    segments,
    durability,
    writer,
    failure: null,
    stop: () => undefined,
    told: 'open',
  };
  return parts;
}

function stateOf(parts: Parts): Exclude<JournalState, 'closed'> {
  if (parts.failure !== null) return 'failed';
  return isFull(parts) ? 'full' : 'open';
}

function isFull({ stock, space, segments, settings }: Parts): boolean {
  if (space.low() || stock.problem() !== null) return true;
  return !stock.ready() && segments.room() < settings.headroomBytes;
}

function lag({ durability, writer, settings }: Parts): number {
  const oldest = durability.oldest() ?? writer.oldest();
  return oldest === null ? 0 : settings.clock.monotonic() - oldest;
}

/** A sync or write error ends the epoch: the file's true content is unknown, and a second sync would hide it. */
function fail(parts: Parts, cause: unknown): void {
  if (parts.failure !== null) return;
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new RingfenceError('journal_unavailable', `The journal has failed: ${why}`, { cause });
  parts.failure = error;
  try {
    parts.writer.fail(error);
  } finally {
    parts.durability.fail(error);
    tell(parts);
  }
}

function tell(parts: Parts): void {
  const state = stateOf(parts);
  if (state === parts.told) return;
  parts.told = state;
  parts.settings.onChange(state, parts.failure ?? parts.stock.problem());
}

function eachSecond(parts: Parts): void {
  try {
    parts.writer.checkpoint();
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
  }
  maintain(parts, () => tell(parts));
}

/** Does not take the last space: below the watermark only what is already prepared is used up. */
function maintain({ space, stock, failure }: Parts, done: () => void): void {
  if (failure !== null) return done();
  space.check(() => (space.low() ? done() : stock.refill(done)));
}

async function end(parts: Parts): Promise<void> {
  const { stock, durability, segments, settings, directory } = parts;
  parts.stop();
  await new Promise<void>((resolve) => stock.close(resolve));
  await new Promise<void>((resolve) => durability.whenIdle(resolve));
  const segment = segments.current();
  if (segment !== null && parts.failure === null) {
    await settled((done) => settings.files.ftruncate(segment.fd, segment.used, done));
    await settled((done) => settings.files.fdatasync(segment.fd, done));
  }
  if (segment !== null) settings.files.closeSync(segment.fd);
  closeSync(directory);
}
