import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Pool } from 'undici';
import type { Contender, Ringfence, Target } from './contenders.ts';
import { cpuOfTree, loadNow } from './processes.ts';
import { sample } from './request.ts';

export const CONNECTIONS = 64;

/** One measurement of one contender. */
export interface Measured {
  readonly cpuMicros: number;
  readonly requestsPerSecond: number;
  readonly load: string;
}

/** Requests are formatted once; then wrk sends them in turn, the one behind `sent` first, so that every key is used. */
function script({ headers, body, headersFile }: Target, sent: number): string {
  const quoted = Object.entries(headers).map(([name, value]) => `['${name}'] = '${value}'`);
  return `local requests, turn = {}, ${sent}
local function make(authorization)
  local headers = { ${quoted.join(', ')} }
  if authorization then headers['authorization'] = authorization end
  requests[#requests + 1] = wrk.format('POST', nil, headers, [[${body}]])
end
function init()
  ${headersFile === null ? 'make(nil)' : `for line in io.lines('${headersFile}') do make(line) end`}
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
`;
}

function runWrk(file: string, url: string, seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}`, '-s', file, url];
    const child = spawn('wrk', options, {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: (seconds + 60) * 1000,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

/** How many requests a contender has had: the next measurement goes on with the next key. */
const requestsOf = new WeakMap<Contender, number>();

/** Closed loop at full speed. CPU counts all that the contender does, also after its answers (loading the ledger). */
export async function measure(contender: Contender, directory: string, seconds: number): Promise<Measured> {
  const file = join(directory, `${contender.name.replaceAll(/[^\w-]/g, '-')}.lua`);
  const sent = requestsOf.get(contender) ?? 0;
  writeFileSync(file, script(contender.target, sent));
  const before = cpuOfTree(contender.pid);
  const output = await runWrk(file, contender.target.url, seconds);
  await contender.settle();
  const used = cpuOfTree(contender.pid) - before;
  const requests = Number(/(\d+) requests in/.exec(output)?.[1] ?? 0);
  requestsOf.set(contender, sent + requests);
  const failed = /Non-2xx.*: (\d+)/.exec(output)?.[1];
  if (requests === 0 || failed !== undefined)
    throw new Error(`${contender.name}: ${requests} requests, ${failed ?? 0} refused\n${output}`);
  const requestsPerSecond = Number(/Requests\/sec:\s+(\S+)/.exec(output)?.[1] ?? 0);
  return { cpuMicros: used / requests, requestsPerSecond, load: loadNow() };
}

function authorizations({ headersFile }: Target): readonly string[] {
  return headersFile === null ? [] : readFileSync(headersFile, 'utf8').split('\n');
}

/** How many keys take turns. */
export const keysOf = (target: Target): number => authorizations(target).length;

function headersFor({ headers }: Target, authorization: string | undefined): Record<string, string> {
  return { ...headers, ...(authorization === undefined ? {} : { authorization }) };
}

const LATENCY_WARM_SECONDS = 1;

/**
 * Open loop: requests start by the clock, whether or not earlier ones were answered. Times in milliseconds from the
 * moment a request was due to be sent, or handed over, until its whole answer was read; those of the first second,
 * in which the connections are made, do not count.
 */
export async function openLoop(target: Target, rate: number, seconds: number): Promise<number[]> {
  const { origin, pathname } = new URL(target.url);
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  const all = authorizations(target);
  const times: number[] = [];
  const running = new Set<Promise<void>>();
  const send = async (turn: number): Promise<void> => {
    const begin = performance.now();
    const headers = headersFor(target, all[turn % Math.max(1, all.length)]);
    const answer = await pool.request({ path: pathname, method: 'POST', headers, body: target.body });
    await answer.body.dump();
    if (answer.statusCode !== 201) throw new Error(`${target.url}: ${answer.statusCode}`);
    if (turn >= rate * LATENCY_WARM_SECONDS) times.push(performance.now() - begin);
  };
  const start = performance.now();
  for (let sent = 0; sent < rate * (LATENCY_WARM_SECONDS + seconds); await sleep(1))
    for (const due = ((performance.now() - start) * rate) / 1000; sent < due; sent++) {
      const one = send(sent).finally(() => running.delete(one));
      running.add(one);
    }
  await Promise.all(running);
  await pool.close();
  return times;
}

/** A tunnel through the forward proxy and TLS with the vendor's name inside, without a session to resume. */
async function openTunnel({ proxyPort, authority }: Ringfence): Promise<TLSSocket> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const raw = connectTcp(proxyPort, '127.0.0.1', () => {
      raw.write(`CONNECT ${sample.host}:443 HTTP/1.1\r\nHost: ${sample.host}:443\r\n\r\n`);
    });
    raw.once('data', () => resolve(raw));
    raw.once('error', reject);
  });
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket, servername: sample.host, ca: authority }, () => resolve(secure));
    secure.once('error', reject);
  });
}

async function requestThrough(secure: TLSSocket, target: Target): Promise<string> {
  const headers = { ...headersFor(target, authorizations(target)[0]), host: sample.host };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `content-length: ${Buffer.byteLength(target.body)}\r\nconnection: close\r\n\r\n`;
  secure.write(`POST ${sample.path} HTTP/1.1\r\n${lines.join('')}${length}${target.body}`);
  let text = '';
  for await (const chunk of secure) text += String(chunk);
  return text;
}

async function openTunnels(gateway: Ringfence, connections: number): Promise<void> {
  for (let done = 0; done < connections; done += 4)
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const secure = await openTunnel(gateway);
        secure.end();
        secure.resume();
      }),
    );
}

/** CPU milliseconds of the gateway per new proxied connection: CONNECT and a full TLS handshake, after a warm-up. */
export async function freshTls(gateway: Ringfence, connections: number): Promise<number> {
  const answer = await requestThrough(await openTunnel(gateway), gateway.target);
  if (!answer.startsWith('HTTP/1.1 201')) throw new Error(`through the tunnel: ${answer.slice(0, 200)}`);
  await openTunnels(gateway, connections);
  await gateway.settle();
  const before = cpuOfTree(gateway.pid);
  await openTunnels(gateway, connections);
  await sleep(200);
  return (cpuOfTree(gateway.pid) - before) / 1000 / connections;
}
