import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** A PostgreSQL server of our own in a temporary directory, reachable through a Unix socket only. */
export interface PostgresServer {
  /** Directory of the socket. */
  readonly host: string;
  readonly user: string;
  /** Ends the server in the midst of what it does, and starts it again over the same data `milliseconds` later. */
  interrupt(milliseconds: number): Promise<void>;
  /** The same, until it is started again. */
  end(): Promise<void>;
  restart(): Promise<void>;
  /** It answers nothing any more, and keeps its connections; until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const NOBODY = 65_534;
const USER = 'test';

/** Directory of the server's programs, or null when PostgreSQL is not installed. */
export function findPostgres(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted() : [];
  const found = versions
    .map((version) => join(root, version, 'bin'))
    .findLast((one) => existsSync(join(one, 'initdb')));
  return found ?? null;
}

/** Starts a server. PostgreSQL refuses to run as root: then it runs as nobody. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const host = mkdtempSync(join(tmpdir(), 'pg-'));
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (account.uid !== undefined) chownSync(host, NOBODY, NOBODY);
  const data = join(host, 'data');
  const options = { ...account, cwd: host, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'ignore',
  });
  const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=200', '-k', host];
  const launch = async (): Promise<ChildProcess> => {
    const program = join(programs, 'postgres');
    const started = spawn(program, ['-D', data, ...settings], { ...options, stdio: 'ignore' });
    await untilReady(host, started);
    return started;
  };
  const end = async (one: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    one.kill(signal);
    if (one.exitCode === null) await once(one, 'exit');
  };
  let server = await launch();
  return {
    host,
    user: USER,
    async interrupt(milliseconds) {
      await end(server, 'SIGQUIT');
      await sleep(milliseconds);
      server = await launch();
    },
    end: () => end(server, 'SIGQUIT'),
    async restart() {
      server = await launch();
    },
    pause: () => signalAll(server, 'SIGSTOP'),
    resume: () => signalAll(server, 'SIGCONT'),
    async stop() {
      await end(server, 'SIGINT');
      rmSync(host, { recursive: true, force: true });
    },
  };
}

/** The server and the processes that serve its connections. */
function signalAll({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const one of [pid, ...children.split(' ').filter(Boolean).map(Number)]) process.kill(one, signal);
}

async function untilReady(host: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt++) {
    if (server.exitCode !== null) throw new Error('PostgreSQL did not start');
    if (await answers(host)) return;
    await sleep(50);
  }
  throw new Error('PostgreSQL does not answer');
}

async function answers(host: string): Promise<boolean> {
  const client = new Client({ host, user: USER, database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
