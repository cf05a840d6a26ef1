import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import { micros } from '../kernel/money.ts';
import { openJournal, type Journal } from './journal.ts';
import { MIN_SEGMENT_BYTES } from './segment-writer.ts';
import type { JournalOptions } from './options.ts';
import type { IntentRecord, JournalRecord, OutcomeRecord } from './records.ts';
import type { Scheduler } from './system.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

export const signText = (text: string): string =>
  sign(null, Buffer.from(text), privateKey).toString('base64url');
export const isSigned = (text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));

/** Closed before their directory goes. */
const opened = new WeakMap<TestContext, readonly Journal[]>();

/** A journal directory that is gone after the test. */
export function newDirectory(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'ringfence-journal-'));
  t.after(async () => {
    for (const journal of opened.get(t) ?? []) await journal.close().catch(() => {});
    rmSync(parent, { recursive: true, force: true });
  });
  return join(parent, 'w0');
}

/** Time stands still unless the test moves it; ticks of `every` come when the test says so. */
export interface Bench {
  readonly clock: { wall(): number; monotonic(): number };
  readonly scheduler: Scheduler;
  advance(milliseconds: number): void;
  /** Runs the work of a second. */
  tick(): void;
}

export function createBench(): Bench {
  let now = 1_700_000_000_000;
  const each = new Set<() => void>();
  return {
    clock: { wall: () => now, monotonic: () => now },
    scheduler: {
      immediate: (run) => void setImmediate(run),
      every(_milliseconds, run) {
        each.add(run);
        return () => each.delete(run);
      },
    },
    advance: (milliseconds) => void (now += milliseconds),
    tick() {
      for (const run of each) run();
    },
  };
}

export type Given = Partial<JournalOptions> & { readonly directory: string };

/** Opens a journal with small segments that nobody else needs to close. */
export async function openFor(t: TestContext, given: Given): Promise<Journal> {
  const { clock, scheduler } = createBench();
  const journal = await openJournal({
    node: 'w0',
    clock,
    scheduler,
    boot: 'boot-1',
    version: '0.1.0',
    sign: signText,
    segmentBytes: MIN_SEGMENT_BYTES,
    minFreeBytes: 0,
    ...given,
  });
  opened.set(t, [...(opened.get(t) ?? []), journal]);
  return journal;
}

/** The end of a process that was killed: nothing is closed properly, only its lock is as good as gone. */
export const nobodyLives = { self: () => ({ pid: 1, start: 'test' }), isAlive: () => false };

export function intent(at: number, padding = ''): IntentRecord {
  return {
    type: 'intent',
    at,
    key: 'key_a',
    app: 'app_a',
    account: 'acc_a',
    vendor: 'example',
    operation: 'CreateMessage',
    action: 'message.send',
    channel: 'sms',
    to: ['+46•••••12'],
    country: 'SE',
    from: null,
    segments: 1,
    network: '127.0.0.1',
    rule: `rule:any${padding}`,
    bound: null,
    currency: null,
    reserves: [],
    fingerprints: [],
  };
}

/** The request cost nothing in the end. */
export function released(at: number, of: number): OutcomeRecord {
  return {
    type: 'outcome',
    at,
    of,
    status: 201,
    costs: true,
    state: 'released',
    amount: micros(0),
    settled: true,
    spent: [],
    resourceIds: [],
  };
}

export function incident(at: number, padding = ''): JournalRecord {
  return { type: 'incident', at, what: 'test', detail: { padding } };
}

/** Lets the records of this turn be written. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Waits for something that the disk does in its own time; the test's time limit ends it. */
export async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => void setTimeout(resolve, 2));
}

/** From now on the disk gives nothing of the file `name` from byte `from` on. Returns what heals it. */
export async function breakDisk(t: TestContext, name: string, from: number): Promise<() => void> {
  const handle = await open('/dev/null');
  const files = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { read } = files;
  const broken = async function (this: FileHandle, ...given: Parameters<FileHandle['read']>) {
    const [, , length, position] = given as unknown as [Buffer, number, number, number];
    const isMeant = readlinkSync(`/proc/self/fd/${this.fd}`).endsWith(name);
    if (isMeant && position + length > from)
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    return read.apply(this, given);
  };
  const mocked = t.mock.method(files, 'read', broken as never);
  return () => mocked.mock.restore();
}

/** A frame as an attacker sees it; written here a second time, independent of `format.ts`. */
export interface RawFrame {
  position: number;
  head: Buffer;
  payload: Buffer;
}

const HEADER = 256;
const FRAME = 48;

export interface RawSegment {
  readonly header: Buffer;
  readonly frames: RawFrame[];
  /** Offset of each frame in the file. */
  readonly offsets: number[];
  readonly size: number;
}

export function readRaw(path: string): RawSegment {
  const file = readFileSync(path);
  const frames: RawFrame[] = [];
  const offsets: number[] = [];
  let at = HEADER;
  while (at + FRAME < file.length && file.readUInt32LE(at) > 0) {
    const length = file.readUInt32LE(at);
    frames.push({
      position: Number(file.readBigUInt64LE(at + 8)),
      head: Buffer.from(file.subarray(at + 16, at + FRAME)),
      payload: Buffer.from(file.subarray(at + FRAME, at + FRAME + length)),
    });
    offsets.push(at);
    at += FRAME + length;
  }
  return { header: Buffer.from(file.subarray(0, HEADER)), frames, offsets, size: file.length };
}

/** Writes a segment with correct lengths and checksums; positions and hashes as given. */
export function writeRaw(path: string, { header, frames, size }: Omit<RawSegment, 'offsets'>): void {
  const file = Buffer.alloc(
    Math.max(size, HEADER + frames.reduce((sum, f) => sum + FRAME + f.payload.length, 0)),
  );
  header.copy(file);
  let at = HEADER;
  for (const { position, head, payload } of frames) {
    file.writeUInt32LE(payload.length, at);
    file.writeBigUInt64LE(BigInt(position), at + 8);
    head.copy(file, at + 16);
    payload.copy(file, at + FRAME);
    file.writeUInt32LE(crc32(file.subarray(at + 8, at + FRAME + payload.length), payload.length), at + 4);
    at += FRAME + payload.length;
  }
  writeFileSync(path, file);
}

/** Recomputes the hashes of `frames` from `index` on, as somebody without the signing key can. */
export function rehash(frames: RawFrame[], index: number, before: Buffer): void {
  let head = index === 0 ? before : (frames[index - 1]?.head ?? before);
  for (const frame of frames.slice(index)) {
    const position = Buffer.alloc(8);
    position.writeBigUInt64LE(BigInt(frame.position));
    head = createHash('sha256').update(head).update(position).update(frame.payload).digest();
    frame.head = head;
  }
}

/** Chain hash before the first record of a segment, from its header. */
export function chainBefore({ header }: RawSegment): Buffer {
  return header.subarray(32, 64);
}
