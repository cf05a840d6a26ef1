import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { micros } from '../../src/kernel/money.ts';
import type { PriceRecord } from '../../src/store/records.ts';
import { WIRES } from './requests.ts';
import { SETUP_FILE, type AccountSetup, type Parts, type Setup } from './world.ts';

export interface SandboxProcess {
  readonly origin: string;
  readonly accounts: readonly AccountSetup[];
  readonly prices: readonly PriceRecord[];
  /** A call of its control API. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

/** Starts the simulated vendors with an account of each that the torture uses. */
export async function startSandbox(): Promise<SandboxProcess> {
  const child = fork(new URL('./sandbox-process.ts', import.meta.url));
  const { port } = await next<{ readonly port: number }>(child);
  child.send({ vendors: WIRES.map(({ vendor }) => vendor) });
  const { accounts, prices } = await next<{
    readonly accounts: readonly {
      readonly currency: string;
      readonly credentials: Readonly<Record<string, string>>;
    }[];
    readonly prices: readonly PriceRecord[];
  }>(child);
  const origin = `http://127.0.0.1:${port}`;
  const timesOf = new Map(WIRES.map(({ vendor, exaggeration }) => [vendor, exaggeration]));
  return {
    origin,
    prices: prices.map((row) => ({ ...row, amount: micros(row.amount * (timesOf.get(row.vendor) ?? 1)) })),
    accounts: WIRES.map(({ vendor, values }, index) => {
      const { currency = '', credentials = {} } = accounts[index] ?? {};
      return { vendor, currency, values: values(credentials) };
    }),
    async control<T>(method: string, path: string, body?: unknown) {
      const headers = { 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
      const response = await fetch(`${origin}/_sandbox/${path}`, { method, ...sent });
      return (response.status === 204 ? null : await response.json()) as T;
    },
    close: () => child.disconnect(),
  };
}

/** A node in processes of its own, that can be killed and started again. */
export interface NodeProcess {
  start(): Promise<void>;
  parts(): Parts;
  /** The primary's process id. */
  pid(): number;
  ask<T>(what: string): Promise<T>;
  /** Kills the primary; its data-plane processes may live on for a moment. */
  kill(): Promise<void>;
  /** Kills one data-plane process; false when there is none just now. */
  killWorker(): boolean;
  close(): Promise<void>;
}

const RETRY = 200;
/** Milliseconds for a node to end by itself. */
const PATIENCE = 5_000;

export function createNode(data: string, setup: Setup): NodeProcess {
  writeFileSync(join(data, SETUP_FILE), JSON.stringify(setup));
  // Started over and over: without it every process compiles everything anew.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(data, 'compiled') };
  let child: ChildProcess | null = null;
  let parts: Parts = {};

  function running(): ChildProcess {
    if (child === null) throw new Error('the node does not run');
    return child;
  }

  return {
    async start() {
      for (;;) {
        const started = fork(new URL('./node-process.ts', import.meta.url), [data], { env });
        child = started;
        const said = await Promise.race([
          next<{ readonly parts: Parts }>(started),
          new Promise<null>((done) => started.once('exit', () => done(null))),
        ]);
        if (said !== null) {
          ({ parts } = said);
          return;
        }
        await sleep(RETRY);
      }
    },
    parts: () => parts,
    pid: () => running().pid ?? 0,
    async ask<T>(what: string) {
      running().send({ ask: what });
      return (await next<{ readonly answer: T }>(running())).answer;
    },
    async kill() {
      const killed = running();
      const dead = new Promise((done) => killed.once('exit', done));
      killed.kill('SIGKILL');
      await dead;
    },
    killWorker() {
      const workers = childrenOf(running().pid ?? 0);
      const victim = workers[Math.floor(Math.random() * workers.length)];
      return victim !== undefined && tryKill(victim, 'SIGKILL');
    },
    async close() {
      const ending = child;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = new Promise((done) => ending.once('exit', done));
      ending.disconnect();
      const timer = setTimeout(() => ending.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(timer);
    },
  };
}

function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((done) => child.once('message', (message) => done(message as T)));
}

/** The data-plane processes of a primary. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const list = execFileSync('pgrep', ['-P', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
    return list.toString().trim().split('\n').map(Number);
  } catch {
    return [];
  }
}

export function isAlive(pid: number): boolean {
  return tryKill(pid, 0);
}

function tryKill(pid: number, signal: 'SIGKILL' | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It has just ended.
  }
}
