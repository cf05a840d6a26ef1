import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { connect, type SecureVersion, type Server, type TLSSocket } from 'node:tls';
import { loadOrCreateAuthority } from '../../tls/authority.ts';
import { createContexts } from '../../tls/contexts.ts';
import { tlsFixture } from '../../tls/tls-fixture.ts';
import { createCounters } from '../counters.ts';
import type { Exchange, Place } from '../exchange.ts';
import { createTransparentTls } from './transparent-tls.ts';

const HOST = 'api.acme.example';
const OTHER = 'two.acme.example';

describe('a session that is resumed', () => {
  const places: (Place | null)[] = [];
  let server: Server;
  let ca: string;
  before(async () => {
    const { options, clock } = tlsFixture([HOST, OTHER]);
    const { authority } = await loadOrCreateAuthority(options);
    ca = authority.certificate;
    const contexts = createContexts(clock);
    contexts.configure({ issue: authority.issue, hosts: options.hosts });
    const exchange: Exchange = (_request, response, place) => {
      places.push(place);
      response.end('done');
      return Promise.resolve();
    };
    server = createTransparentTls({ exchange, counters: createCounters(), connections: 100 }, contexts);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  async function ask(version: SecureVersion, host: string, session?: Buffer) {
    const { port } = server.address() as AddressInfo;
    const versions = { minVersion: version, maxVersion: version };
    const socket: TLSSocket = connect({
      port,
      host: '127.0.0.1',
      servername: HOST,
      ca,
      session,
      ...versions,
    });
    let latest: Buffer | undefined;
    let isReused = false;
    socket.on('session', (one: Buffer) => (latest = one));
    socket.on('secureConnect', () => (isReused = socket.isSessionReused()));
    socket.end(`GET /a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await text(socket);
    return { session: latest, isReused, place: places.at(-1) };
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`is served as the one before it (${version})`, async () => {
      const first = await ask(version, HOST);
      assert.equal(first.place?.host, HOST);
      const { isReused, place } = await ask(version, HOST, first.session);
      assert.ok(isReused);
      assert.equal(place?.host, HOST);
    });
  }

  it('serves no other host than the handshake names, where it names one', async () => {
    assert.equal((await ask('TLSv1.3', OTHER)).place, null);
    assert.equal((await ask('TLSv1.2', OTHER)).place, null);
    const { session } = await ask('TLSv1.3', HOST);
    assert.equal((await ask('TLSv1.3', OTHER, session)).place, null);
  });
});
