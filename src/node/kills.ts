import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { KillView } from '../api/services/kills.ts';
import { writeWhole } from '../journal/files.ts';
import { isMissing, syncDirectory } from '../journal/segments.ts';
import { RingfenceError, systemReason } from '../kernel/errors.ts';
import type { KeyedLock } from '../kernel/keyed-lock.ts';
import type { Store } from '../store/ports.ts';
import type { KillRecord } from '../store/records.ts';
import type { Part } from './processes/messages.ts';

export interface KillsOptions {
  readonly kills: Pick<Store['kills'], 'put' | 'get' | 'list' | 'remove'>;
  /** File of what the store has not taken yet. */
  readonly path: string;
  readonly lock: KeyedLock;
  readonly broadcast: (part: Part) => Promise<void>;
  readonly say: (line: string) => void;
  /** Resolves when whoever puts a switch on has waited long enough for the store. */
  readonly patience: () => Promise<unknown>;
}

/**
 * The kill switches of this node. They are put in force first and stored then: an emergency does not wait for a store
 * that is away. What is in force is known here alone, so that nothing that was read late takes its place.
 */
export interface Kills {
  /** Reads what the disk has and the store has not. Throws `kills_unreadable` when that cannot be read. */
  open(): Promise<void>;
  part(): Extract<Part, { kind: 'kills' }>;
  list(): readonly KillView[];
  /** In force in every process when it resolves; it never fails for the store. */
  on(kill: KillRecord): Promise<KillView>;
  /** Throws `store_unavailable`, and then it stays on. `before` runs once the store answers. False: it is not on. */
  lift(id: string, before: () => Promise<void>): Promise<boolean>;
  /** Stores what is not stored yet. */
  storeRest(): Promise<void>;
  /** Reads the store, and tells the processes. */
  refresh(): Promise<void>;
}

const FILE = z.array(
  z.object({
    id: z.string(),
    scope: z.enum(['all', 'vendor', 'account', 'app', 'key', 'country']),
    target: z.string(),
    reason: z.string(),
    actor: z.string(),
    createdAt: z.number(),
  }),
);

interface State extends KillsOptions {
  stored: readonly KillRecord[];
  /** In force, and not stored yet. */
  readonly rest: Map<string, KillRecord>;
  /** Does the file hold `rest`? */
  isOnDisk: boolean;
}

export function createKills(options: KillsOptions): Kills {
  const state: State = { ...options, stored: [], rest: new Map(), isOnDisk: true };
  const { kills, broadcast, patience } = options;
  return Object.freeze({
    open: () => open(state),
    part: () => partOf(state),
    list: () => partOf(state).all.map((kill) => ({ ...kill, kept: keptOf(state, kill.id) })),
    async on(kill: KillRecord) {
      state.rest.set(kill.id, kill);
      await Promise.all([broadcast(partOf(state)), keep(state)]);
      await Promise.race([storeRest(state).catch(() => {}), patience()]);
      return { ...kill, kept: keptOf(state, kill.id) };
    },
    lift: (id: string, before: () => Promise<void>) => lift(state, id, before),
    storeRest: () => storeRest(state),
    refresh: () =>
      change(state, async () => {
        state.stored = await kills.list();
      }),
  });
}

function partOf({ stored, rest }: State): Extract<Part, { kind: 'kills' }> {
  return { kind: 'kills', all: [...stored.filter(({ id }) => !rest.has(id)), ...rest.values()] };
}

function keptOf({ rest, isOnDisk }: State, id: string): KillView['kept'] {
  if (!rest.has(id)) return 'store';
  return isOnDisk ? 'disk' : 'memory';
}

/** One after the other: of two that read side by side, the older one could come last and stay. */
function underLock<T>({ lock }: State, work: () => Promise<T>): Promise<T> {
  return lock('kills stored', work);
}

async function change(state: State, work: () => Promise<void>): Promise<void> {
  const { confirmed } = await underLock(state, async () => {
    await work();
    return { confirmed: state.broadcast(partOf(state)) }; // No process that hangs holds up the next change.
  });
  await confirmed;
}

async function open(state: State): Promise<void> {
  try {
    const kept = FILE.parse(JSON.parse(await readFile(state.path, 'utf8')));
    for (const kill of kept) state.rest.set(kill.id, kill);
  } catch (cause) {
    if (isMissing(cause)) return;
    const message = `${state.path} holds kill switches that are not stored yet, and cannot be read: ${whyNot(cause)}.`;
    throw new RingfenceError('kills_unreadable', message, { cause });
  }
}

function whyNot(cause: unknown): string {
  if (cause instanceof z.ZodError) return 'it does not hold what was written';
  return cause instanceof SyntaxError ? 'it is not JSON' : systemReason(cause);
}

async function lift(state: State, id: string, before: () => Promise<void>): Promise<boolean> {
  await storeRest(state).catch((error: unknown) => {
    if (state.rest.has(id)) throw error;
  });
  if (!state.stored.some((kill) => kill.id === id)) return false;
  await change(state, async () => {
    await state.kills.get(id); // Throws while the store is away: `before` must not journal what will not happen.
    await before();
    await state.kills.remove(id);
    state.stored = state.stored.filter((kill) => kill.id !== id);
  });
  return true;
}

/** One that the store does not take holds up no other. */
async function storeRest(state: State): Promise<void> {
  const { rest, kills } = state;
  if (rest.size === 0 && state.isOnDisk) return;
  const problems: unknown[] = [];
  let isLess = false;
  await underLock(state, async () => {
    for (const kill of rest.values())
      try {
        await kills.put(kill);
        state.stored = [...state.stored.filter(({ id }) => id !== kill.id), kill];
        isLess = rest.delete(kill.id);
      } catch (error) {
        problems.push(error);
      }
  });
  if (isLess || !state.isOnDisk) await keep(state);
  if (problems.length > 0) throw problems[0];
}

function keep(state: State): Promise<void> {
  const { lock, path, say } = state;
  return lock('kills kept', async () => {
    const was = state.isOnDisk;
    try {
      await write(path, [...state.rest.values()]);
      state.isOnDisk = true;
    } catch (error) {
      state.isOnDisk = false;
      if (was)
        say(`kill switches that are not stored yet cannot be kept on disk: ${(error as Error).message}`);
    }
  });
}

async function write(path: string, rest: readonly KillRecord[]): Promise<void> {
  if (rest.length > 0) return writeWhole(path, JSON.stringify(rest));
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}
