import { createServer } from 'node:net';

/** Below the ports that systems give to connections, and to servers that ask for any. */
const FIRST = 10_000;
const BLOCK = 100;
const BLOCKS = 220;
let tried = 0;

/** Ports for servers that start later. Each process has a block of its own: test files run beside each other. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (; ports.length < count; tried += 1) {
    const port = FIRST + (process.pid % BLOCKS) * BLOCK + (tried % BLOCK);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
