import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { goodBody, goodRequest, malformedRequests, type Wire } from './malformed-cases.ts';
import { dial, dialName, dialTunnel, drip, exchangeRaw, flood, type RawResult } from './malformed-socket.ts';
import { ALLOWED, REFUSED, startNode, type TestNode } from '../node-fixture.ts';
import { firstReport } from '../spending.ts';

const VENDOR_HOST = 'api.telnyx.com';
const MEGABYTE = 1024 * 1024;
/** What a body has, at least. A slow machine ends the headers later than after their five seconds, but not by so much. */
const BODY = 29_000;

describe('what is no proper request', () => {
  let node: TestNode;
  let wire: Wire;
  let tunnelled: Wire;
  let slow: ReturnType<typeof sendSlowly>;
  const apps = () => dial(node.ports.apps);
  const tunnel = () => dialTunnel(node.ports.proxy, VENDOR_HOST, node.primary.trust.authority().certificate);
  const named = () => dialName(node.ports.tls, VENDOR_HOST, node.primary.trust.authority().certificate);
  const basic = (): string => {
    const { accountSid = '', authToken = '' } = node.parts('twilio', 'secret');
    return `Authorization: Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  };

  before(async () => {
    node = await startNode();
    const authorization = `Authorization: Bearer ${node.parts('telnyx')['apiKey']}`;
    wire = { prefix: `/${VENDOR_HOST}`, host: `127.0.0.1:${node.ports.apps}`, authorization };
    tunnelled = { prefix: '', host: VENDOR_HOST, authorization };
    slow = sendSlowly();
  });
  after(() => node.close());

  /** Runs `work` and says what of it the vendor saw, and by how much the process grew. */
  async function watch<T>(work: () => Promise<T>) {
    const { count } = node.sandbox.requests;
    const worker = await firstReport(node.primary);
    const before = peak(worker.pid);
    const result = await work();
    const arrived = node.sandbox.requests.list(count);
    return { result, arrived, grown: peak(worker.pid) - before };
  }

  it('is refused in base-URL mode and never reaches the vendor', async () => {
    const { result, arrived } = await watch(() => refuseAll(malformedRequests(wire, ALLOWED), apps));
    assert.deepEqual(result, []);
    assert.deepEqual(arrived, []);
  });

  it('is refused inside a tunnel and never reaches the vendor', async () => {
    const cases = new Map(malformedRequests(tunnelled, ALLOWED));
    const body = goodBody(ALLOWED);
    cases.set(
      'another host than that of the tunnel',
      goodRequest({ ...tunnelled, host: 'rest.nexmo.com' }, body),
    );
    cases.set('the path of base-URL mode', goodRequest({ ...wire, host: VENDOR_HOST }, body));
    const { result, arrived } = await watch(() => refuseAll(cases, tunnel));
    assert.deepEqual(result, []);
    assert.deepEqual(arrived, []);
  });

  it('is refused by the listener that answers as the vendor', async () => {
    const { result, arrived } = await watch(() => refuseAll(malformedRequests(tunnelled, ALLOWED), named));
    assert.deepEqual(result, []);
    assert.deepEqual(arrived, []);
  });

  it('is refused as target of a tunnel', async () => {
    const targets = [
      'evil.example:443',
      '127.0.0.1:443',
      '[::1]:443',
      'localhost:443',
      `${VENDOR_HOST}:80`,
      `${VENDOR_HOST}.:443`,
      `${VENDOR_HOST}.evil.example:443`,
      `user@${VENDOR_HOST}:443`,
      `http://${VENDOR_HOST}/`,
    ];
    const lines = targets.map((one) => [one, `CONNECT ${one} HTTP/1.1\r\nHost: ${one}\r\n\r\n`] as const);
    const proxy = () => dial(node.ports.proxy);
    assert.deepEqual(await refuseAll(new Map(lines), proxy), []);
  });

  it('gets no certificate for another name than that of the tunnel', async () => {
    const { connect } = await import('node:tls');
    const socket = await dial(node.ports.proxy);
    socket.write(`CONNECT ${VENDOR_HOST}:443 HTTP/1.1\r\nHost: ${VENDOR_HOST}:443\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    const secure = connect({ socket, servername: 'evil.example', rejectUnauthorized: false });
    const outcome = await new Promise((resolve) => {
      secure.once('secureConnect', () => resolve('connected')).once('error', () => resolve('failed'));
      secure.once('close', () => resolve('failed'));
    });
    socket.destroy();
    assert.equal(outcome, 'failed');
  });

  /** Begun before the other tests and awaited after them: it takes as long as the longest deadline. */
  function sendSlowly() {
    const body = `${wire.authorization}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const head = `POST ${wire.prefix}/v2/messages HTTP/1.1\r\nHost: ${wire.host}\r\n`;
    const inside = `POST /v2/messages HTTP/1.1\r\nHost: ${VENDOR_HOST}\r\n`;
    return Promise.all([
      drip(apps, head, 'X'),
      drip(apps, head + body, ' '),
      drip(tunnel, inside, 'X'),
      drip(named, inside, 'X'),
    ]);
  }

  it('may be huge: it is refused without being kept', async () => {
    const head = `POST ${wire.prefix}/v2/messages HTTP/1.1\r\nHost: ${wire.host}\r\n${wire.authorization}\r\nContent-Type: application/json\r\n`;
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    const size = 100 * MEGABYTE;
    const { result, arrived, grown } = await watch(async () => [
      await flood(await apps(), `${head}Content-Length: ${size}\r\n\r\n`, Buffer.alloc(65_536), size),
      await flood(await apps(), `${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, size),
      await exchangeRaw(await apps(), form('a=1&'.repeat(1e6))),
      await exchangeRaw(await apps(), form('a&'.repeat(5e5))),
      await exchangeRaw(await apps(), goodRequest(wire, deep(1e5))),
      await exchangeRaw(await apps(), goodRequest(wire, deep(5e5))),
      await exchangeRaw(await apps(), goodRequest(wire, objects(1e5))),
    ]);
    assert.deepEqual(
      result.filter((one) => !isRefused(one)).map(({ text }) => text.slice(0, 200)),
      [],
    );
    assert.deepEqual(arrived, []);
    assert.ok(grown < 150 * MEGABYTE, `the process grew by ${Math.round(grown / MEGABYTE)} MB`);
  });

  function form(body: string): string {
    const path = `/api.twilio.com/2010-04-01/Accounts/${node.parts('twilio')['accountSid']}/Messages.json`;
    return `POST ${path} HTTP/1.1\r\nHost: ${wire.host}\r\n${basic()}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }

  it('does not change the order of pipelined answers', async () => {
    const send = (to: string): string => goodRequest(wire, goodBody(to));
    const anonymous = goodRequest({ ...wire, authorization: 'X-None: 1' }, goodBody(ALLOWED));
    const all = [send(ALLOWED), send(REFUSED), anonymous, send(ALLOWED)].join('');
    const { result, arrived } = await watch(async () => exchangeRaw(await apps(), all, { count: 4 }));
    assert.deepEqual(result.statuses, [200, 403, 401, 200]);
    assert.equal(arrived.length, 2);
  });

  it('is told from what is only unusual: that is framed anew', async () => {
    const body = goodBody(ALLOWED);
    const size = body.length.toString(16);
    const head = `POST /v2/messages HTTP/1.1\r\nHost: ${VENDOR_HOST}\r\n${wire.authorization}\r\nContent-Type: application/json\r\n`;
    const chunks = `${head}Transfer-Encoding: chunked\r\n\r\n${size};a=b\r\n${body}\r\n0\r\nX-Trailer: 1\r\n\r\n`;
    const upgrade = goodRequest(
      tunnelled,
      body,
      'Connection: Upgrade, X-Hop\r\nUpgrade: h2c\r\nX-Hop: 1\r\n',
    );
    const { result, arrived } = await watch(async () => [
      await exchangeRaw(await tunnel(), chunks),
      await exchangeRaw(await tunnel(), upgrade),
    ]);
    assert.deepEqual(
      result.map(({ statuses }) => statuses),
      [[200], [200]],
    );
    for (const { headers, body: received } of arrived) {
      assert.equal(received, body);
      assert.equal(headers['content-length'], String(body.length));
      for (const name of ['transfer-encoding', 'upgrade', 'x-hop', 'x-trailer', 'http2-settings'])
        assert.equal(headers[name], undefined, name);
    }
    assert.equal(arrived.length, 2);
  });

  it('is cut off when it takes too long, in headers and in body', async () => {
    const results = await slow;
    for (const { isClosed, statuses } of results)
      assert.deepEqual([isClosed, statuses.filter((status) => status !== 408)], [true, []]);
    const [headers, body, inner, transparent] = results.map(({ milliseconds }) => milliseconds);
    assert.ok(between(headers, 4500, BODY), `headers were cut after ${headers} ms`);
    assert.ok(between(inner, 4500, BODY), `headers in the tunnel were cut after ${inner} ms`);
    assert.ok(between(transparent, 4500, BODY), `headers after TLS were cut after ${transparent} ms`);
    assert.ok(between(body, BODY, Infinity), `the body was cut after ${body} ms`);
  });
});

/** The names of those that were not refused, with what was answered. */
async function refuseAll(
  cases: ReadonlyMap<string, string>,
  open: () => ReturnType<typeof dial>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, bytes] of cases) {
    const result = await exchangeRaw(await open(), bytes);
    if (!isRefused(result)) problems.push(`${name}: ${result.text.slice(0, 120) || 'no answer, not closed'}`);
  }
  return problems;
}

/** Every answer is a 4xx, or there is none and the connection has ended. */
function isRefused({ statuses, isClosed }: RawResult): boolean {
  return statuses.length === 0 ? isClosed : statuses.every((status) => status >= 400 && status < 500);
}

const between = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && value >= low && value <= high;

const deep = (depth: number): string =>
  `{"to":"${ALLOWED}","from":"+15005550199","text":${'['.repeat(depth)}${']'.repeat(depth)}}`;

const objects = (depth: number): string =>
  `{"to":"${ALLOWED}","from":"+15005550199","text":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

/** Most memory that a process ever had in use, in bytes. */
function peak(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
