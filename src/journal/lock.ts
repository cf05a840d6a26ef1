import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import { isMissing } from './segments.ts';

export const LOCK_NAME = 'lock';

/** A process. The start time tells it from a later one with the same pid. */
export interface Holder {
  readonly pid: number;
  readonly start: string;
}

export interface ProcessTable {
  self(): Holder;
  isAlive(holder: Holder): boolean;
}

/**
 * Locks a journal directory for this process; the result releases it. `conflict` while another live process
 * holds it. A dead holder's lock is taken over: `takeover-<pid>` decides which one of several takers may.
 */
export function lockDirectory(directory: string, processes: ProcessTable = systemProcesses): () => void {
  const path = join(directory, LOCK_NAME);
  const mine = JSON.stringify(processes.self());
  if (!place(path, mine)) takeOver(path, mine, processes);
  return () => {
    if (read(path) === mine) unlinkSync(path);
  };
}

/** The process that holds the lock of a journal directory, when it lives; null when nobody does. */
export function lockHolder(directory: string, processes: ProcessTable = systemProcesses): number | null {
  const holder = parse(read(join(directory, LOCK_NAME)) ?? '');
  return holder !== null && processes.isAlive(holder) ? holder.pid : null;
}

function takeOver(path: string, mine: string, processes: ProcessTable): void {
  const stale = read(path);
  if (stale !== null) refuseLive(stale, path, processes);
  const takeover = `${path}.takeover`;
  if (!place(takeover, mine)) {
    const taker = read(takeover);
    if (taker !== null) refuseLive(taker, path, processes);
    remove(takeover);
    if (!place(takeover, mine)) throw held(path, 'another process that is just taking it over');
  }
  try {
    if (read(path) === stale) remove(path);
    if (!place(path, mine)) throw held(path, 'another process that has just taken it over');
  } finally {
    remove(takeover);
  }
}

function refuseLive(text: string, path: string, processes: ProcessTable): void {
  const holder = parse(text);
  if (holder !== null && processes.isAlive(holder)) throw held(path, `process ${holder.pid}`);
}

function held(path: string, by: string): RingfenceError {
  return new RingfenceError('conflict', `The journal is in use by ${by}: stop that gateway first (${path})`);
}

/** Creates `path` with its content in one step; false when it exists. */
function place(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** An unreadable lock belongs to nobody: it is always written in one step. */
function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value)) return null;
    const { pid, start } = value;
    return typeof pid === 'number' && typeof start === 'string' ? { pid, start } : null;
  } catch {
    return null;
  }
}

/** Start times come from `/proc/<pid>/stat` (proc(5), field 22) with the boot id; elsewhere the pid alone decides. */
export const systemProcesses: ProcessTable = {
  self: () => ({ pid: process.pid, start: startOf(process.pid) ?? '' }),
  isAlive({ pid, start }) {
    const now = startOf(pid);
    if (now !== null) return now === start;
    return start === '' && isRunning(pid);
  },
};

function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const boot = read('/proc/sys/kernel/random/boot_id');
  if (stat === null || boot === null) return null;
  // The command name may hold spaces and parentheses; field 3 follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${fields[19] ?? ''}@${boot.trim()}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
