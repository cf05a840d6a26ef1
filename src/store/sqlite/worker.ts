import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { RingfenceError } from '../../kernel/errors.ts';
import { lockFile, openDatabase } from './database.ts';
import { createEngine } from './engine.ts';
import { toFault } from './faults.ts';
import { checkStore, migrate } from './migrate.ts';
import { createRunner, type Request } from './runner.ts';
import { MIGRATIONS } from './schema.ts';

/** What the thread is started with. There is one writer for a store, and readers as needed. */
export interface ThreadData {
  readonly path: string;
  readonly role: 'writer' | 'reader';
  /** Wall time for the record of migrations. */
  readonly now?: number;
  readonly maximumBytes?: number;
}

/** Requests that share one transaction at most, so that none waits for a crowd. */
const GROUP = 64;

/** SQLITE_BUSY */
const BUSY = 5;

function open({ path, role, now = 0, maximumBytes }: ThreadData) {
  const unlock = role === 'writer' ? lock(path) : () => {};
  try {
    const limit = maximumBytes === undefined ? {} : { maximumBytes };
    const database = openDatabase({ path, readOnly: role === 'reader', ...limit });
    if (role === 'writer') migrate(database, MIGRATIONS, now);
    else checkStore(database, MIGRATIONS.length);
    return { database, unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

function lock(path: string): () => void {
  try {
    return lockFile(`${path}.lock`);
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode !== BUSY) throw error;
    throw new RingfenceError(
      'store_unavailable',
      `The store ${path} is open in another process: stop that gateway first`,
    );
  }
}

function serve(data: ThreadData): void {
  const port = parentPort;
  if (port === null) throw new Error('not a worker thread');
  const { database, unlock } = open(data);
  const run = createRunner(database, createEngine(database));
  let last = Promise.resolve();

  async function handle(requests: readonly Request[]): Promise<void> {
    for (let at = 0; at < requests.length; at += GROUP)
      port?.postMessage(await run(requests.slice(at, at + GROUP)), []);
  }

  function close(): void {
    database.close();
    unlock();
    port?.close();
  }

  port.on('message', (message: readonly Request[] | 'close') => {
    const requests: Request[] = [];
    let next: readonly Request[] | 'close' | undefined = message;
    while (next !== undefined && next !== 'close') {
      requests.push(...next);
      next = receiveMessageOnPort(port)?.message as typeof next;
    }
    last = last.then(() => handle(requests));
    if (next === 'close') last = last.then(close);
  });
  port.postMessage('ready', []);
}

try {
  serve(workerData as ThreadData);
} catch (error) {
  parentPort?.postMessage(toFault(error), []);
  parentPort?.close();
}
