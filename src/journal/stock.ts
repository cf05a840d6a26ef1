import type { JournalFiles } from './system.ts';

/** Keeps one zero-filled segment ready, so that going on in a new one costs the hot path a rename. */
export interface Stock {
  readonly path: string;
  ready(): boolean;
  /** Descriptor of the prepared file at `path`, which the caller renames; null when none is ready. */
  take(): number | null;
  /** Prepares one unless it is there or under way. `done` runs when that has ended either way. */
  refill(done?: () => void): void;
  /** Why the last attempt failed; null when it did not. */
  problem(): Error | null;
  /** Removes what is prepared; `done` runs when nothing is under way any more. */
  close(done: () => void): void;
}

const CHUNK = Buffer.alloc(1024 * 1024);

interface State {
  readonly files: JournalFiles;
  readonly path: string;
  readonly bytes: number;
  ready: number | null;
  filling: boolean;
  closed: boolean;
  problem: Error | null;
  waiting: (() => void)[];
}

export interface StockOptions {
  readonly files: JournalFiles;
  readonly path: string;
  readonly segmentBytes: number;
}

export function createStock({ files, path, segmentBytes }: StockOptions): Stock {
  const state: State = {
    files,
    path,
    bytes: segmentBytes,
    ready: null,
    filling: false,
    closed: false,
    problem: null,
    waiting: [],
  };
  return {
    path,
    ready: () => state.ready !== null,
    problem: () => state.problem,
    take: () => take(state),
    refill: (done) => refill(state, done),
    close: (done) => close(state, done),
  };
}

function take(state: State): number | null {
  const { ready } = state;
  state.ready = null;
  return ready;
}

function refill(state: State, done?: () => void): void {
  if (done !== undefined) state.waiting.push(done);
  if (state.filling) return;
  if (state.ready !== null || state.closed) return finish(state);
  state.filling = true;
  try {
    fill(state, state.files.openSync(state.path, 'w', 0o600), 0);
  } catch (error) {
    state.problem = error as Error;
    finish(state);
  }
}

/** Writes zeros chunk by chunk on the thread pool: allocates the blocks, so that later writes cannot lack space. */
function fill(state: State, fd: number, at: number): void {
  const { files, bytes } = state;
  if (at >= bytes) {
    files.fdatasync(fd, (error) => settle(state, fd, error));
    return;
  }
  files.write(fd, CHUNK, 0, Math.min(CHUNK.length, bytes - at), at, (error, written) => {
    if (error !== null && error !== undefined) settle(state, fd, error);
    else fill(state, fd, at + written);
  });
}

function settle(state: State, fd: number, error: Error | null | undefined): void {
  state.problem = error ?? null;
  if (state.problem === null && !state.closed) state.ready = fd;
  else discard(state, fd);
  finish(state);
}

function discard({ files, path }: State, fd: number): void {
  files.closeSync(fd);
  try {
    files.unlinkSync(path);
  } catch {
    // The next life removes it.
  }
}

function finish(state: State): void {
  state.filling = false;
  const { waiting } = state;
  state.waiting = [];
  for (const done of waiting) done();
}

function close(state: State, done: () => void): void {
  state.closed = true;
  const fd = take(state);
  if (fd !== null) discard(state, fd);
  if (state.filling) state.waiting.push(done);
  else done();
}
