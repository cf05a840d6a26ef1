import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { readJournal, type ReadRecord } from '../../../src/journal/tail.ts';
import { verifyJournal, type Anchor, type JournalVerification } from '../../../src/journal/verify.ts';

export const CHILD = fileURLToPath(new URL('journal-child.ts', import.meta.url));

export interface Place {
  readonly directory: string;
  readonly keyFile: string;
  readonly isSigned: (text: string, signature: string) => boolean;
}

/** A place for one journal, gone after the test. */
export function newPlace(t: TestContext): Place {
  const parent = mkdtempSync(join(tmpdir(), 'ringfence-e2e-journal-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  return placeIn(parent);
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

export function placeIn(parent: string): Place {
  const keyFile = join(parent, 'key.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return {
    directory: join(parent, 'w0'),
    keyFile,
    isSigned: (text, signature) =>
      verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')),
  };
}

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/**
 * Runs the child, under the given command (strace with its options) if any. SIGKILL ends it so many milliseconds after
 * its first line, or after as many as `lines` says, or once `killAfter` is kept.
 */
export async function runChild(
  { directory, keyFile }: Place,
  options: {
    readonly turns: number;
    readonly under?: readonly string[];
    readonly killAfter?: number | Promise<unknown>;
    readonly lines?: number;
  },
): Promise<Run> {
  const { turns, under = [], killAfter, lines: awaited = 1 } = options;
  const [command, ...rest] = [...under, process.execPath, CHILD, directory, keyFile, String(turns)];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  createInterface(child.stdout).on('line', (line) => {
    if (lines.push(line) === awaited && typeof killAfter === 'number')
      setTimeout(() => child.kill('SIGKILL'), killAfter);
  });
  if (killAfter instanceof Promise) void killAfter.then(() => child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, lines, errors };
}

/** `<epoch>-<position>` of what the child said with the given word. */
export function said({ lines }: Run, word: string): readonly string[] {
  return lines.flatMap((line) => {
    const [first, epoch, position] = line.split(' ');
    return first === word ? [`${epoch}-${position}`] : [];
  });
}

export interface Stored {
  readonly records: readonly ReadRecord[];
  readonly keys: ReadonlySet<string>;
}

export async function readStored({ directory }: Place): Promise<Stored> {
  const records = await Array.fromAsync(readJournal(directory));
  return { records, keys: new Set(records.map(({ epoch, position }) => `${epoch}-${position}`)) };
}

export async function verified(
  { directory, isSigned }: Place,
  anchors: readonly Anchor[] = [],
): Promise<JournalVerification> {
  return verifyJournal({ directory, node: 'w0', anchors, isSigned });
}

/** What was said to be written or durable must be stored, and everything must verify. */
export async function checkNothingLost(place: Place, run: Run): Promise<Stored> {
  const stored = await readStored(place);
  for (const word of ['written', 'durable', 'open'])
    for (const key of said(run, word)) assert.ok(stored.keys.has(key), `${word} ${key} is not stored`);
  assert.equal((await verified(place)).fault, null);
  return stored;
}

/** Leaves a test out where the machine cannot run it; on CI that is a failure. */
export function leaveOut(t: TestContext, reason: string): void {
  if (process.env['CI'] === 'true') assert.fail(`cannot run here: ${reason}`);
  t.skip(reason);
}

/** Null when strace can inject faults here, else why not. */
export function whyNoStrace(): string | null {
  const trial = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true']);
  if (trial.error !== undefined) return `strace does not run: ${trial.error.message}`;
  return trial.status === 0 ? null : `strace may not trace: ${trial.stderr.toString().trim()}`;
}

/** strace that does `action` at the `when`-th call of `call` in any thread. */
export function inject(call: string, action: string): readonly string[] {
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${action}`];
}
