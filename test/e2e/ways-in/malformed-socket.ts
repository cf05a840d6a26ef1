import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawResult {
  /** Everything that was answered. */
  readonly text: string;
  readonly statuses: readonly number[];
  /** True when the other side ended the connection. */
  readonly isClosed: boolean;
}

const STATUS = /HTTP\/1\.1 (\d{3})/g;
const QUIET_MILLISECONDS = 150;
/** A refusal that is not there by then does not come. */
const DEADLINE_MILLISECONDS = 60_000;

export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Opens a tunnel to a vendor host through the forward proxy and shakes hands inside it. */
export async function dialTunnel(port: number, host: string, authority: string): Promise<Socket> {
  const socket = await dial(port);
  socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1'))),
  );
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`no tunnel: ${answer}`);
  return shakeHands(socket, host, authority);
}

/** Connects to the listener that answers as the vendor. */
export async function dialName(port: number, host: string, authority: string): Promise<Socket> {
  return shakeHands(await dial(port), host, authority);
}

async function shakeHands(socket: Socket, host: string, authority: string): Promise<Socket> {
  const secure = connectTls({ socket, servername: host, ca: authority, ALPNProtocols: ['http/1.1'] });
  secure.on('error', () => {});
  await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
  return secure;
}

/** Writes bytes as they are (Latin-1) and gathers the answer until the end or `count` answers. */
export async function exchangeRaw(socket: Socket, bytes: string, { count = 1 } = {}): Promise<RawResult> {
  const start = performance.now();
  let [text, isClosed, heardAt] = ['', false, start];
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    heardAt = performance.now();
  });
  for (const event of ['end', 'close']) socket.on(event, () => (isClosed = true));
  socket.write(Buffer.from(bytes, 'latin1'));
  const enough = () => statusesOf(text).length >= count && performance.now() - heardAt > QUIET_MILLISECONDS;
  while (!isClosed && !enough() && performance.now() - start < DEADLINE_MILLISECONDS) await sleep(10);
  socket.destroy();
  return { text, statuses: statusesOf(text), isClosed };
}

/** Writes `first`, then `piece` again and again until the other side ends the connection, so long after it was asked for. */
export async function drip(
  open: () => Promise<Socket>,
  first: string,
  piece: string,
): Promise<RawResult & { readonly milliseconds: number }> {
  const start = performance.now();
  const socket = await open();
  const timer = setInterval(() => socket.writable && socket.write(piece), 250);
  const result = await exchangeRaw(socket, first, { count: Number.POSITIVE_INFINITY });
  clearInterval(timer);
  return { ...result, milliseconds: performance.now() - start };
}

/** Writes as fast as the other side takes it, until `total` bytes are out or the connection ends. */
export async function flood(socket: Socket, head: string, piece: Buffer, total: number): Promise<RawResult> {
  let isOpen = true;
  socket.on('close', () => (isOpen = false));
  const answer = exchangeRaw(socket, head);
  for (let sent = 0; sent < total && isOpen && socket.writable; sent += piece.length)
    if (!socket.write(piece))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), answer]);
  return answer;
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(STATUS)].map(([, status]) => Number(status));
}
