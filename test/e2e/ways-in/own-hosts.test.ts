import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { plainParts } from '../../../src/custody/plain-parts.ts';
import { signJwt } from '../../../src/vendors/shared/jwt.ts';
import { dialName, dialTunnel, exchangeRaw } from './malformed-socket.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allReports, firstReport, until } from '../spending.ts';

const WORKERS = 2;
const HOST = 'livekit.acme.example';
const CLOUD = 'project.livekit.cloud';
/** Enough for each process to get some: the kernel shares out connections. */
const CONNECTIONS = 24;

type Way = (host: string, authority: string) => Promise<Socket>;

describe('the host of an account that was sealed while the gateway runs', () => {
  let node: TestNode;
  let ways: readonly [string, Way][];
  let old: string;
  let sealed: { readonly account: string; readonly key: string; readonly request: string };
  before(async () => {
    node = await startNode({ workers: WORKERS });
    const { proxy, tls } = node.ports;
    ways = [
      ['forward proxy', (host, authority) => dialTunnel(proxy, host, authority)],
      ['transparent TLS', (host, authority) => dialName(tls, host, authority)],
    ];
    old = current();
  });
  after(() => node.close());
  const current = () => node.primary.trust.authority().certificate;
  const statusOf = async (socket: Socket) => (await exchangeRaw(socket, sealed.request)).statuses[0];

  it('is not reached before', async () => {
    for (const [name, way] of ways) await assert.rejects(way(HOST, current()), name);
  });

  it('is reached in every process as soon as sealing has returned', async () => {
    sealed = await seal(node);
    for (const [name, way] of ways) {
      const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => way(HOST, current())));
      const statuses = await Promise.all(sockets.map(statusOf));
      assert.deepEqual(new Set(statuses), new Set([200]), name);
    }
    const reports = await allReports(node.primary);
    assert.ok(reports.every(({ report }) => report.forwarded > 0));
  });

  it('needs the new certificate; what the old one covers is reached with it as before', async () => {
    assert.notEqual(current(), old);
    for (const [, way] of ways) {
      (await way(CLOUD, old)).destroy();
      await assert.rejects(way(HOST, old), /permitted subtree violation/);
    }
  });

  it('is reached in a process that has started again', async () => {
    const first = await firstReport(node.primary);
    process.kill(first.pid, 'SIGKILL');
    await until(async () => {
      const pids = (await node.primary.supervisor.reports()).map(({ pid }) => pid);
      return pids.length === WORKERS && !pids.includes(first.pid) ? true : null;
    });
    for (const [, way] of ways) for (let n = 0; n < CONNECTIONS; n++) (await way(HOST, current())).destroy();
  });

  it('is gone when the account is removed, on connections that are open as well', async () => {
    const [[, way] = assert.fail()] = ways;
    const open = await way(HOST, current());
    await node.primary.keys.revoke(sealed.key);
    await node.primary.accounts.remove(sealed.account);
    const { text } = await exchangeRaw(open, sealed.request);
    assert.match(text, /code=host_unknown/);
    for (const [name, one] of ways)
      for (let n = 0; n < CONNECTIONS; n++) await assert.rejects(one(HOST, current()), name);
    for (const [, one] of ways) (await one(CLOUD, old)).destroy();
  });
});

async function seal({ primary, sandbox, vendor: upstream }: TestNode) {
  const { credentials } = sandbox.accounts.create({ vendor: 'livekit' });
  const { apiKey = '', apiSecret = '' } = credentials;
  const values = { apiKey, apiSecret, host: HOST };
  const account = await primary.accounts.seal({ vendor: 'livekit', name: 'own', values, upstream });
  const wanted = { app: 'app_test', account: account.id, name: 'own', lifetime: null, networks: [] };
  const { record, credential } = await primary.keys.create(wanted);
  const { apiKey: iss = '', apiSecret: secret = '' } = plainParts(credential);
  const exp = Math.floor(Date.now() / 1000) + 600;
  const token = signJwt({ iss, exp, video: { roomList: true } }, 'HS256', secret);
  const head = [
    'POST /twirp/livekit.RoomService/ListRooms HTTP/1.1',
    `Host: ${HOST}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: 2',
  ];
  return { account: account.id, key: record.id, request: `${head.join('\r\n')}\r\n\r\n{}` };
}
