import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as secure } from 'node:tls';
import { loadOrCreateAuthority } from '../../tls/authority.ts';
import { createContexts } from '../../tls/contexts.ts';
import { tlsFixture } from '../../tls/tls-fixture.ts';
import { createCounters } from '../counters.ts';
import type { Exchange } from '../exchange.ts';
import { createForwardProxy } from './forward-proxy.ts';

const HOST = 'api.acme.example';
/** The deadline for headers and the time to read the last words, on a busy machine. Other deadlines are longer still. */
const DEADLINE = 20_000;

describe('connections to the forward proxy', () => {
  const clients: Socket[] = [];
  let proxy: Server;
  let ca: string;
  /** Hosts of the requests that came through; null where it is not clear which is meant. */
  let places: (string | null)[] = [];
  before(async () => {
    const { clock, options } = tlsFixture([HOST]);
    const { authority } = await loadOrCreateAuthority(options);
    const contexts = createContexts(clock);
    contexts.configure({ issue: authority.issue, hosts: [HOST] });
    const exchange: Exchange = async (_request, response, place) => {
      places.push(place?.host ?? null);
      response.end();
    };
    ca = authority.certificate;
    proxy = createForwardProxy({ exchange, counters: createCounters(), connections: 100 }, contexts);
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  after(() => {
    for (const client of clients) client.destroy();
    proxy.close();
  });

  /** Sends `bytes` and keeps its own side open; resolves to the gateway's end of the connection. */
  async function open(bytes: string): Promise<{ readonly client: Socket; readonly inside: Socket }> {
    const { port } = proxy.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    clients.push(client.on('error', () => {}).resume());
    const [inside] = (await once(proxy, 'connection')) as [Socket];
    client.write(bytes);
    return { client, inside };
  }

  it('are told in the line that clients show why a tunnel is refused, and what to do', async () => {
    const client = connect((proxy.address() as AddressInfo).port, '127.0.0.1');
    client.write(tunnelTo('evil.example'));
    const [status = ''] = (await text(client)).split('\r\n');
    assert.match(status, /^HTTP\/1\.1 403 .*vendor hosts only.*NO_PROXY$/);
  });

  it('carry requests for the one host that they name, and for no other that a header names', async () => {
    places = [];
    const { port } = proxy.address() as AddressInfo;
    for (const named of [HOST, 'evil.example']) {
      const end = `Host: ${named}\r\nConnection: close\r\n\r\n`;
      const plain = connect(port, '127.0.0.1');
      plain.write(`GET http://${HOST}/a HTTP/1.1\r\n${end}`);
      await text(plain);
      const socket = connect(port, '127.0.0.1');
      socket.write(tunnelTo(HOST));
      await once(socket, 'data');
      const secured = secure({ socket, servername: HOST, ca });
      secured.write(`GET /a HTTP/1.1\r\n${end}`);
      await text(secured);
    }
    assert.deepEqual(places, [HOST, HOST, null, null]);
  });

  it('end when nothing is expected of them any more, whatever the client does with its own side', async () => {
    places = [];
    const refused = await open(tunnelTo('evil.example'));
    const unread = await open(tunnelTo('evil.example') + 'x'.repeat(100_000));
    const silent = await open(tunnelTo(HOST));
    const gone = await open(tunnelTo(HOST));
    const malformed = await open('garbage\r\n\r\n');
    const slow = await open('GET / HTTP/1.1\r\n');
    await sleep(100);
    unread.client.end();
    gone.client.destroy();
    const opened = { refused, unread, silent, gone, malformed, slow };
    const held = () => Object.entries(opened).filter(([, { inside }]) => !inside.destroyed);
    for (const end = performance.now() + DEADLINE; held().length > 0 && performance.now() < end;)
      await sleep(20);
    assert.deepEqual(places, []);
    assert.deepEqual(
      held().map(([name]) => name),
      [],
    );
  });
});

function tunnelTo(host: string): string {
  return `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`;
}
