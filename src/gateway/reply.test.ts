import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import type { AppAnswer } from './app-request.ts';
import { sendAnswer } from './reply.ts';

/** All that comes back on one connection for these requests. */
async function replies(context: TestContext, body: string, requests: string): Promise<string> {
  const answer: AppAnswer = { status: 200, headers: {}, decision: 'allowed', body, rest: null };
  const server = createServer((request, response) => void sendAnswer(request, response, answer, () => {}));
  context.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(requests);
  return text(socket);
}

const HEAD = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test('the answer to a HEAD does not say that there is nothing to get, and ends where the next one begins', async (context) => {
  const [head = '', get = ''] = (await replies(context, '', HEAD + GET)).split(/(?=HTTP\/1\.1 )/);
  assert.doesNotMatch(head, /content-length|transfer-encoding/i);
  assert.match(get, /content-length: 0/i);
});

test('the refusal of a HEAD says how long the refusal is', async (context) => {
  const [head = ''] = (await replies(context, 'refused', HEAD + GET)).split(/(?=HTTP\/1\.1 )/);
  assert.match(head, /content-length: 7\r\n[^]*\r\n\r\n$/i);
});
