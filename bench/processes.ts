import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in ticks of 10 ms (USER_HZ is 100 on every architecture that Node runs on). */
const TICK_MICROSECONDS = 10_000;

/** A process and everything that it started. */
export function treeOf(pid: number): readonly number[] {
  const found = [pid];
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
      if (children !== '') for (const child of children.split(' ')) found.push(...treeOf(Number(child)));
    }
  } catch {
    // A process that has ended has no children.
  }
  return found;
}

/** User and system time of one process, microseconds. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

/** User and system time of a process tree, microseconds. */
export function cpuOfTree(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + cpuOf(one), 0);
}

/** Resident memory of one process, MiB. */
export function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Resident memory of a process tree, MiB; pages that processes share are counted in each. */
export function residentOfTree(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + residentOf(one), 0);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Processes that run now, by the kernel's average over one minute. */
export function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** Ends a process and waits; kills it when it does not end. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (hasEnded()) return;
  child.kill('SIGTERM');
  for (let wait = 0; wait < 100 && !hasEnded(); wait++) await sleep(100);
  if (!hasEnded()) child.kill('SIGKILL');
}

/** Waits until something accepts connections. */
export async function untilAnswers(url: string): Promise<void> {
  for (let wait = 0; wait < 150; wait++) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${url} does not answer`);
}
