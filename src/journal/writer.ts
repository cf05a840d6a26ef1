import { RingfenceError } from '../kernel/errors.ts';
import { createCheckpoint, type Sign } from './checkpoint.ts';
import { callAll, type Durability, type Settled } from './durability.ts';
import { FRAME_BYTES, MAX_PAYLOAD, toHex, writeFrame, type Chain } from './format.ts';
import type { JournalRecord } from './records.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** Collects the records of one turn of the event loop and writes them in one step. */
export interface Writer {
  /** Returns the record's position. Throws `journal_unavailable` when it cannot be taken. */
  append(record: JournalRecord | string, onWritten?: Settled): number;
  /** Signs what was appended since the last checkpoint. */
  checkpoint(): void;
  /** First position that was not given out. */
  position(): number;
  /** When the oldest record was appended that is not written (monotonic ms); null when there is none. */
  oldest(): number | null;
  /** Writes what is buffered, without calling back. */
  writeOut(): void;
  fail(error: RingfenceError): void;
}

export interface WriterOptions {
  readonly node: string;
  readonly epoch: number;
  readonly chain: Chain;
  readonly clock: { wall(): number; monotonic(): number };
  readonly immediate: (run: () => void) => void;
  readonly sign: Sign;
  readonly checkpointEvery: number;
  readonly segments: SegmentWriter;
  readonly durability: Durability;
  /** Called once, before the waiting callbacks get the error. */
  readonly onFailure: (error: unknown) => void;
}

interface State extends WriterOptions {
  readonly buffer: Buffer;
  readonly flush: () => void;
  used: number;
  /** Records since the last checkpoint. */
  unsigned: number;
  scheduled: boolean;
  since: number;
  waiting: Settled[];
  failed: RingfenceError | null;
}

/** Room for the records of a busy turn; what does not fit is written at once. */
const BUFFER_BYTES = 1024 * 1024;

export function createWriter(options: WriterOptions): Writer {
  const state: State = {
    ...options,
    buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
    flush: () => flush(state),
    used: 0,
    unsigned: 0,
    scheduled: false,
    since: 0,
    waiting: [],
    failed: null,
  };
  return {
    append: (record, onWritten) => append(state, record, onWritten),
    checkpoint: () => checkpoint(state),
    position: () => state.chain.position,
    oldest: () => (state.used > 0 ? state.since : null),
    writeOut: () => writeOut(state),
    fail: (error) => fail(state, error),
  };
}

function append(state: State, record: JournalRecord | string, onWritten?: Settled): number {
  if (state.failed !== null) throw state.failed;
  const text = typeof record === 'string' ? record : JSON.stringify(record);
  if (state.unsigned >= state.checkpointEvery) checkpoint(state);
  const position = encode(state, text);
  state.unsigned += 1;
  if (onWritten !== undefined) state.waiting.push(onWritten);
  return position;
}

function checkpoint(state: State): void {
  if (state.unsigned === 0 || state.failed !== null) return;
  const { node, epoch, chain, sign, clock } = state;
  const facts = { at: clock.wall(), head: toHex(chain.head) };
  const record = createCheckpoint(sign, { node, epoch, position: chain.position }, facts);
  encode(state, JSON.stringify(record));
  state.unsigned = 0;
}

/** Puts the next frame into the buffer. */
function encode(state: State, text: string): number {
  const { chain, segments } = state;
  if (text.length > MAX_PAYLOAD) throw tooLarge();
  const most = FRAME_BYTES + text.length * 3;
  if (state.used + most > BUFFER_BYTES) writeOut(state);
  if (state.used + most > segments.room()) makeRoom(state, text);
  const { position } = chain;
  const bytes = writeFrame(state.buffer, state.used, chain, text);
  if (bytes === 0) throw tooLarge();
  state.used += bytes;
  if (!state.scheduled) schedule(state);
  return position;
}

function tooLarge(): RingfenceError {
  return new RingfenceError('internal', `A journal record is empty or larger than ${MAX_PAYLOAD} bytes`);
}

function schedule(state: State): void {
  state.scheduled = true;
  state.since = state.clock.monotonic();
  state.immediate(state.flush);
}

/** Goes on in the next segment when the record does not fit into this one. Records never straddle two. */
function makeRoom(state: State, text: string): void {
  const { segments, durability, chain } = state;
  const bytes = FRAME_BYTES + Buffer.byteLength(text);
  if (state.used + bytes <= segments.room()) return;
  if (bytes > FRAME_BYTES + MAX_PAYLOAD) throw tooLarge();
  writeOut(state);
  try {
    const previous = segments.turn(chain, durability.durable());
    if (previous !== null) durability.wrote(previous, chain.position);
  } catch (error) {
    if (error instanceof RingfenceError && error.code === 'journal_unavailable') throw error;
    throw broken(state, error);
  }
}

function writeOut(state: State): void {
  if (state.failed !== null) throw state.failed;
  if (state.used === 0) return;
  try {
    state.segments.write(state.buffer.subarray(0, state.used));
  } catch (error) {
    throw broken(state, error);
  }
  state.used = 0;
  const segment = state.segments.current();
  if (segment !== null) state.durability.wrote(segment, state.chain.position);
}

/** A failed write leaves the file in an unknown state: the epoch is over. */
function broken(state: State, error: unknown): RingfenceError {
  state.onFailure(error);
  return state.failed ?? new RingfenceError('journal_unavailable', undefined, { cause: error });
}

function flush(state: State): void {
  state.scheduled = false;
  if (state.failed !== null) return;
  try {
    writeOut(state);
  } catch {
    return; // `broken` has told everybody
  }
  const { waiting } = state;
  if (waiting.length === 0) return;
  state.waiting = [];
  callAll(waiting, null);
}

function fail(state: State, error: RingfenceError): void {
  state.failed = error;
  state.used = 0;
  const { waiting } = state;
  state.waiting = [];
  callAll(waiting, error);
}
