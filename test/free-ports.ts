import { createServer, type Server } from 'node:net';

/** Below the ports that systems give to connections, and to servers that ask for any. */
const FIRST = 10_000;
const BLOCK = 100;
const BLOCKS = 220;
let tried = 0;
let block: Promise<number> | null = null;

/** Ports for servers that start later. Each process has a block of its own: test files run beside each other. */
export async function freePorts(count: number): Promise<number[]> {
  block ??= takeBlock();
  const taken = await block;
  const ports: number[] = [];
  for (; ports.length < count; tried += 1) {
    const port = taken + 1 + (tried % (BLOCK - 1));
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** The process keeps the first port of its block until it ends: others see by it that the block is taken. */
async function takeBlock(): Promise<number> {
  for (let number = process.pid; number < process.pid + BLOCKS; number += 1) {
    const port = FIRST + (number % BLOCKS) * BLOCK;
    if ((await listen(port)) !== null) return port;
  }
  throw new Error('every block of ports is taken');
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  return server !== null && new Promise((resolve) => server.close(() => resolve(true)));
}

/** It keeps no process alive. Null when the port is taken. */
function listen(port: number): Promise<Server | null> {
  const server = createServer().unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
