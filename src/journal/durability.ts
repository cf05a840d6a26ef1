import type { RingfenceError } from '../kernel/errors.ts';
import type { JournalFiles } from './system.ts';

/** Null when it has happened; the error when it never will. */
export type Settled = (error: RingfenceError | null) => void;

/** A segment that is being written. */
export interface OpenSegment {
  readonly path: string;
  readonly fd: number;
  readonly size: number;
  used: number;
  /** False until the directory was synced after its name appeared. */
  named: boolean;
  /** True when no more records go there; its descriptor is closed after the last sync. */
  retired: boolean;
}

/** Group commit: one sync in flight, everything written until the end of the turn in which it ends goes with the next. */
export interface Durability {
  /** All records before `position` are in the page cache. */
  wrote(segment: OpenSegment, position: number): void;
  /** Calls back when the record at `position` is on disk; at once when it is. */
  onDurable(position: number, callback: Settled): void;
  /** First position that is not known to be on disk. */
  durable(): number;
  /** When the oldest record was written that is not on disk (monotonic ms); null when all are. */
  oldest(): number | null;
  /** Calls back when no sync is in flight or due. */
  whenIdle(callback: () => void): void;
  /** Nothing becomes durable after this: all who wait get the error. */
  fail(error: RingfenceError): void;
}

export interface DurabilityOptions {
  readonly files: JournalFiles;
  /** Descriptor of the directory. */
  readonly directory: number;
  readonly monotonic: () => number;
  /** Runs once at the end of this turn of the event loop, after what was put there before. */
  readonly immediate: (run: () => void) => void;
  readonly onFailure: (error: Error) => void;
}

interface State extends DurabilityOptions {
  /** Segments with writes that no started sync covers. */
  dirty: OpenSegment[];
  written: number;
  durable: number;
  /** In flight, or due at the end of this turn. */
  syncing: boolean;
  syncingSince: number;
  dirtySince: number;
  failed: RingfenceError | null;
  positions: number[];
  callbacks: Settled[];
  idle: (() => void) | null;
}

export function createDurability(options: DurabilityOptions): Durability {
  const state: State = {
    ...options,
    dirty: [],
    written: 0,
    durable: 0,
    syncing: false,
    syncingSince: 0,
    dirtySince: 0,
    failed: null,
    positions: [],
    callbacks: [],
    idle: null,
  };
  return {
    wrote: (segment, position) => wrote(state, segment, position),
    onDurable: (position, callback) => onDurable(state, position, callback),
    durable: () => state.durable,
    oldest: () => oldest(state),
    whenIdle(callback) {
      state.idle = callback;
      tellIdle(state);
    },
    fail: (error) => fail(state, error),
  };
}

function wrote(state: State, segment: OpenSegment, position: number): void {
  state.written = position;
  if (state.dirty.length === 0) state.dirtySince = state.monotonic();
  if (state.dirty.at(-1) !== segment) state.dirty.push(segment);
  if (state.syncing) return;
  state.syncing = true;
  startSync(state);
}

function onDurable(state: State, position: number, callback: Settled): void {
  if (position < state.durable) return callback(null);
  if (state.failed !== null) return callback(state.failed);
  state.positions.push(position);
  state.callbacks.push(callback);
}

function oldest(state: State): number | null {
  if (state.syncing) return state.syncingSince;
  return state.dirty.length > 0 ? state.dirtySince : null;
}

function startSync(state: State): void {
  const segments = state.dirty;
  const target = state.written;
  state.syncingSince = state.dirtySince;
  state.dirty = [];
  syncNext(state, segments, target);
}

function syncNext(state: State, segments: OpenSegment[], target: number): void {
  const [segment] = segments;
  if (segment === undefined) return synced(state, target);
  const next = (error: Error | null | undefined): void => {
    if (error !== null && error !== undefined) return unsynced(state, error);
    if (!segment.named) return syncName(state, segment, next);
    segments.shift();
    if (segment.retired && !state.dirty.includes(segment)) state.files.closeSync(segment.fd);
    syncNext(state, segments, target);
  };
  state.files.fdatasync(segment.fd, next);
}

function syncName(state: State, segment: OpenSegment, next: (error: Error | null) => void): void {
  segment.named = true;
  state.files.fsync(state.directory, next);
}

/** Never tried again on the same file: the system may have dropped the pages and would report success. */
function unsynced(state: State, error: Error): void {
  state.syncing = false;
  state.onFailure(error);
  tellIdle(state);
}

function tellIdle(state: State): void {
  if (state.syncing || state.idle === null) return;
  const { idle } = state;
  state.idle = null;
  idle();
}

function synced(state: State, target: number): void {
  state.syncing = false;
  if (state.failed === null) {
    state.durable = target;
    if (state.dirty.length > 0) startNext(state);
    release(state);
  }
  tellIdle(state);
}

/** Not at once: the records of this turn go along, and a busy process syncs less often. */
function startNext(state: State): void {
  state.syncing = true;
  state.syncingSince = state.dirtySince;
  state.immediate(() => {
    if (state.failed === null) return startSync(state);
    state.syncing = false;
    tellIdle(state);
  });
}

/** Calls those whose record is on disk, in the order in which they came. They may append and wait again. */
function release(state: State): void {
  const { positions, callbacks, durable } = state;
  if (callbacks.length === 0) return;
  state.positions = [];
  state.callbacks = [];
  const released: Settled[] = [];
  for (let index = 0; index < callbacks.length; index += 1) {
    const callback = callbacks[index];
    const position = positions[index] ?? 0;
    if (callback === undefined) continue;
    if (position < durable) released.push(callback);
    else onDurable(state, position, callback);
  }
  callAll(released, null);
}

function fail(state: State, error: RingfenceError): void {
  state.failed = error;
  const { callbacks } = state;
  state.positions = [];
  state.callbacks = [];
  callAll(callbacks, error);
}

/** Calls all; a callback that throws does not keep the others waiting. */
export function callAll(callbacks: readonly Settled[], error: RingfenceError | null): void {
  for (let index = 0; index < callbacks.length; index += 1) {
    try {
      callbacks[index]?.(error);
    } catch (thrown) {
      callAll(callbacks.slice(index + 1), error);
      throw thrown;
    }
  }
}
