import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusal } from '../intent/decision.ts';
import { ERRORS } from '../kernel/errors.ts';
import type { Registry } from '../vendors/registry.ts';
import type { WireResponse } from '../vendors/wire.ts';
import { createAnswerRoom } from './answer-room.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import { createCounters } from './counters.ts';
import { createExchange, type ExchangeOptions } from './exchange.ts';
import { locateByPort } from './listeners/base-url.ts';
import { createListener } from './listeners/server.ts';
import { createBodyRoom } from './read-body.ts';
import { createEndOfTurn } from './end-of-turn.ts';
import { createUpstream } from './upstream.ts';

const HOST = 'api.acme.example';
const SIZE = 2_000_000;
const PIECE = Buffer.alloc(100_000);
const upstream = createUpstream();
/** Says no before it has read anything. */
const vendor = createServer((request, response) => {
  request.on('error', () => {});
  response.writeHead(413, { connection: 'close', 'content-length': 2 }).end('no');
});
const counters = createCounters();
let gateway: Server;

/** Every upload but one is sent on without a question. */
async function pass({ method, host, target, upload }: AppRequest): Promise<AppAnswer> {
  if (target.path === '/media/forbidden')
    return { status: 403, headers: {}, decision: 'denied', body: 'no', rest: null };
  const wire = { ...target, method, host, headers: {}, body: Buffer.alloc(0) };
  const result = await upstream.send(originOf(vendor), 'account', wire, { upload });
  assert.ok(result.kind === 'answered');
  return { status: result.status, headers: {}, decision: 'allowed', body: String(result.body), rest: null };
}

/** As the vendor's own SDK would read it. */
function refuse({ code, message }: Refusal, { path }: { readonly path: string }): WireResponse {
  const body = Buffer.from(JSON.stringify({ acme: code, message, path }));
  return { status: ERRORS[code].status, headers: { 'content-type': 'application/acme' }, body };
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A listener whose requests go through an exchange with these options. */
function listenerOf(own: Partial<ExchangeOptions> = {}): Server {
  const match = (_method: string, _host: string, [first]: readonly string[]) =>
    first === 'media' ? { body: 'stream' } : null;
  const acme = { operations: { match }, refuse };
  const exchange = createExchange({
    registry: { find: () => acme } as unknown as Registry,
    pipeline: pass,
    counters,
    endOfTurn: createEndOfTurn(),
    probeKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    bodyBytes: 1024,
    room: createBodyRoom(100),
    uploadBytes: SIZE,
    answers: createAnswerRoom(),
    onFault: (error) => assert.fail(error as Error),
    ...own,
  });
  return createListener({ exchange, locate: locateByPort(HOST), counters, connections: 100 });
}

before(async () => {
  gateway = listenerOf();
  for (const server of [vendor, gateway]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
after(async () => {
  await upstream.close();
  for (const server of [vendor, gateway]) server.close();
});

test('an upload that the vendor refuses unread is answered, and its connection is not offered for more', async () => {
  const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {}); // It is reset: there is more to send.
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
  socket.write(`POST /media HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${SIZE}\r\n\r\n`);
  // No more of it: Node forgets what it has received when it cannot write.
  socket.write(PIECE);
  await once(socket, 'close');
  assert.match(answer, /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
});

test('what is refused before it is read is refused as the vendor would, so that its SDK can tell why', async () => {
  const requests = [
    `POST /messages?x=1 HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1025\r\n\r\n`,
    `GET /services//messages HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
  ];
  const answers: string[] = [];
  for (const request of requests) {
    const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    answers.push(await text(socket));
  }
  const [large = '', malformed = ''] = answers;
  assert.match(large, /^HTTP\/1\.1 413 [^]*application\/acme[^]*"acme":"request_too_large"/i);
  assert.match(
    large,
    /"message":"The request is larger than the gateway accepts\. Send less at a time[^"]*","path":"\/messages"/,
  );
  assert.match(large, /\r\nconnection: close\r\n/i);
  assert.match(malformed, /^HTTP\/1\.1 400 [^]*application\/acme[^]*"acme":"request_malformed"/i);
  assert.match(malformed, /: the path has more than one reading\. Send one Host/);
});

test('a client that waits to be asked for its body is asked once it is read, and not where it is refused before', async () => {
  const answersTo = async (path: string, length: number, body = ''): Promise<string> => {
    const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\n`;
    socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
    let answers = '';
    socket.on('data', (bytes: Buffer) => {
      answers += bytes.toString('latin1');
      if (answers.endsWith('100 Continue\r\n\r\n')) socket.write(body);
      if (answers.endsWith('no')) socket.destroy();
    });
    await once(socket, 'close');
    return answers;
  };
  assert.match(await answersTo('/messages', 1025), /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
  assert.match(await answersTo('/media', SIZE + 1), /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
  assert.match(await answersTo('/media/forbidden', 9), /^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n/i);
  assert.match(await answersTo('/messages', 2, '{}'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 413 /);
  assert.match(await answersTo('/media', 2, '{}'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 413 /);
});

test('what follows a refusal that ends the connection is not begun: no answer to it could leave', async () => {
  const first = `POST /services//messages HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\n\r\n`;
  const rest = `{}POST /messages HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\n\r\n{}`;
  for (const isLate of [false, true]) {
    const { requests } = counters;
    const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
    socket.write(isLate ? first : first + rest);
    const answer = text(socket);
    if (isLate) {
      await once(socket, 'readable');
      socket.write(rest);
    }
    assert.equal((await answer).match(/HTTP\/1\.1/g)?.length, 1);
    assert.equal(counters.requests - requests, 1, `late: ${isLate}`);
  }
});

test('a body that makes room for others is refused as overloaded, and counted', async () => {
  const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
  socket.write(`POST /messages HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 200\r\n\r\n${'x'.repeat(101)}`);
  await once(socket, 'close');
  assert.match(answer, /^HTTP\/1\.1 503 [^]*\r\nconnection: close\r\n[^]*"overloaded"/i);
  assert.deepEqual([...counters.refusals], [['overloaded', 1]]);
});

test('whoever sends on while a body is refused as too large still gets the answer', async () => {
  const { port } = gateway.address() as AddressInfo;
  for (let turn = 0; turn < 20; turn++) {
    const sent = send({ port, method: 'POST', path: '/messages', headers: { host: HOST }, agent: false });
    const isOver = once(sent, 'close');
    sent.end(Buffer.alloc(5_000_000));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 413);
    assert.match(await text(answer), /"request_too_large"/);
    await isOver;
  }
});

test('whoever never ends a body that is too large is not read for ever', async () => {
  const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {}).resume();
  socket.write(`POST /messages HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 9000\r\n\r\n`);
  const sending = setInterval(() => socket.write('x'), 100);
  await once(socket, 'close');
  clearInterval(sending);
});

test('an upload that is too large, or does not say how large it is, is told what it lacks', async () => {
  const answerTo = async (headers: Record<string, string>): Promise<string> => {
    const { port } = gateway.address() as AddressInfo;
    const sent = send({ port, method: 'POST', path: '/media', headers: { host: HOST, ...headers } });
    sent.on('error', () => {}).write('x');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const said = await text(answer);
    sent.destroy();
    return `${answer.statusCode} ${said}`;
  };
  assert.match(await answerTo({ 'content-length': String(SIZE + 1) }), /^413 .*limits\.uploadBytes/);
  assert.match(await answerTo({ 'transfer-encoding': 'chunked' }), /^413 .*must state its Content-Length/);
});

test('large bodies that come together leave the process time for its other work in between', async (context) => {
  let [read, before, most, turns] = [0, 0, 0, 0];
  const countTurn = (): void => {
    most = Math.max(most, read - before);
    before = read;
    turns += 1;
    if (read < 20) setImmediate(countTurn);
  };
  const pipeline = async ({ body }: AppRequest): Promise<AppAnswer> => {
    assert.equal(body.length, 40_000);
    read += 1;
    return { status: 200, headers: {}, decision: 'allowed', body: '', rest: null };
  };
  const server = listenerOf({ pipeline, bodyBytes: 40_000, room: createBodyRoom() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const head = `POST /messages HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 40000\r\n\r\n`;
  const sockets = Array.from({ length: 20 }, () =>
    connect((server.address() as AddressInfo).port, '127.0.0.1'),
  );
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  for (const socket of sockets) socket.write(head + 'x'.repeat(39_999));
  await sleep(200);
  for (const socket of sockets) socket.write('x');
  setImmediate(countTurn);
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  assert.equal(most, 1, `of ${turns} turns`);
});
