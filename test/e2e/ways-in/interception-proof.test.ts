import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { proveInterception, type Proof } from '../../../src/cli/run/proof.ts';
import { answerProbe } from '../../../src/gateway/probe.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { startRun } from './interception-proxy.ts';

const run = promisify(execFile);
const HOSTS = ['api.acme.example', '*.cloud.example'];
const has = (command: string, ...args: string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );
const withoutPython = (await has('python3', '-c', 'import ssl')) ? false : 'python3 is not installed';
const withoutCurl = (await has('curl', '--version')) ? false : 'curl is not installed';

const withoutJava = (await has('javac', '-version')) ? false : 'no JDK is installed';

const setUp = (t: TestContext, scope: 'all' | 'vendors' = 'all') => startRun(t, HOSTS, scope);

const prove = (
  command: string,
  environment: Readonly<Record<string, string>>,
  key: KeyObject,
  { hosts = HOSTS, scope = 'all' }: { hosts?: readonly string[]; scope?: 'all' | 'vendors' } = {},
): Promise<Proof> =>
  proveInterception({
    command,
    environment,
    scope,
    hosts,
    random: randomBytes,
    expected: (nonce) => Promise.resolve(answerProbe(nonce, key) ?? ''),
    blindSpots: ['The Acme SDK for Cobol obeys no variable; pass it a proxy.'],
  });

/** States by runtime, each once. */
const states = ({ rows }: Proof, runtime: string): string[] => [
  ...new Set(rows.filter((row) => row.runtime === runtime).map(({ state }) => state)),
];

test('every HTTP client of Node is proven to reach the gateway, for each host', async (t) => {
  const { proxy, environment } = await setUp(t);
  const proof = await prove(process.execPath, environment, proxy.probeKey);
  const rows = proof.rows.filter(({ runtime }) => runtime === 'node');
  const tried = new Set(rows.map(({ client, host }) => `${client} ${host}`));
  assert.equal(tried.size, 6);
  assert.deepEqual(states(proof, 'node'), ['covered'], JSON.stringify(rows));
  assert.ok(proof.notCovered.some((one) => one.includes('Cobol')));
  assert.deepEqual(proxy.seen, []);
});

test('Node is covered by the preload alone, without proxy variables', async (t) => {
  const { proxy, environment } = await setUp(t, 'vendors');
  const proof = await prove(process.execPath, environment, proxy.probeKey, { scope: 'vendors' });
  assert.deepEqual(states(proof, 'node'), ['covered']);
  assert.ok(proof.isComplete, 'curl is not covered without them, and not asked');
  assert.ok(proof.notCovered.some((one) => one.includes('such as curl')));
});

test('and by the variables alone, except for agents of its own, which the proof finds', async (t) => {
  const { proxy, environment } = await setUp(t);
  const { NODE_OPTIONS: _, ...variables } = environment;
  const { rows } = await prove(process.execPath, variables, proxy.probeKey, { hosts: ['api.acme.example'] });
  const found = rows
    .filter(({ runtime }) => runtime === 'node')
    .map(({ client, state }) => `${client}: ${state}`);
  assert.deepEqual(found.toSorted(), [
    'fetch: covered',
    'https.Agent of its own: failed',
    'https.request: covered',
  ]);
});

test('Python and curl are proven by their own clients', { skip: withoutPython || withoutCurl }, async (t) => {
  const { proxy, environment } = await setUp(t);
  const proof = await prove('python3', environment, proxy.probeKey);
  assert.deepEqual(states(proof, 'python'), ['covered'], JSON.stringify(proof.rows));
  assert.deepEqual(states(proof, 'curl'), ['covered'], JSON.stringify(proof.rows));
  assert.ok(proof.isComplete);
});

test(
  'a client that is there and obeys no variable is named, and not tried',
  { skip: withoutPython },
  async (t) => {
    const { proxy, environment } = await setUp(t);
    const folder = await mkdtemp(join(tmpdir(), 'ringfence-aiohttp-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'aiohttp.py'), 'raise SystemExit("imported")\n');
    const proof = await prove(
      'python3',
      { ...environment, PYTHONPATH: folder, RINGFENCE_TLS: '' },
      proxy.probeKey,
    );
    assert.match(proof.untried.join(), /aiohttp .*trust_env=True/);
    assert.match(proof.untried.join(), /http\.client and urllib3/);
    assert.deepEqual(states(proof, 'python'), ['covered'], JSON.stringify(proof.rows));
  },
);

test('Java is proven by its own clients', { skip: withoutJava }, async (t) => {
  const { proxy, environment } = await setUp(t);
  const proof = await prove('java', environment, proxy.probeKey);
  const rows = proof.rows.filter(({ runtime }) => runtime === 'java');
  assert.equal(new Set(rows.map(({ client, host }) => `${client} ${host}`)).size, 4);
  assert.deepEqual(states(proof, 'java'), ['covered'], JSON.stringify(rows));
  assert.deepEqual(proxy.seen, []);
});

test(
  'a Java that does not trust the authority, or is without a proxy, is told apart',
  { skip: withoutJava },
  async (t) => {
    const { proxy, environment } = await setUp(t);
    const { JAVA_TOOL_OPTIONS: options = '', ...rest } = environment;
    const hosts = ['api.acme.example'];
    const untrusting = { ...rest, JAVA_TOOL_OPTIONS: options.replace(/-Djavax\S+/g, '') };
    assert.deepEqual(states(await prove('java', untrusting, proxy.probeKey, { hosts }), 'java'), [
      'untrusted',
    ]);
    assert.deepEqual(states(await prove('java', rest, proxy.probeKey, { hosts }), 'java'), ['failed']);
  },
);

test('a Java without compiler is said to be untried', async (t) => {
  const { proxy, environment } = await setUp(t);
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-java-'));
  t.after(() => rm(folder, { recursive: true }));
  const words = 'java.lang.module.FindException: Module jdk.compiler not found';
  await writeFile(join(folder, 'java'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, { mode: 0o755 });
  const proof = await prove(join(folder, 'java'), environment, proxy.probeKey, {
    hosts: ['api.acme.example'],
  });
  assert.ok(!proof.isComplete);
  assert.match(proof.untried.join(), /java .*JDK of 11/);
  assert.deepEqual(states(proof, 'java'), []);
});

test(
  'Python answers for many hosts at a time, each on a line of its own',
  { skip: withoutPython },
  async (t) => {
    const { proxy, environment } = await setUp(t);
    const unbuffered = { ...environment, PYTHONUNBUFFERED: '1' }; // As in most container images.
    const hosts = Array.from({ length: 300 }, (_, index) => `h${index}.cloud.example`);
    await proxy[Symbol.asyncDispose](); // Refusals come at the same moment.
    const { rows } = await prove('python3', unbuffered, proxy.probeKey, { hosts });
    const lost = rows.filter(({ reason }) => reason === 'the probe gave no answer');
    assert.deepEqual(lost, []);
  },
);

test('an answer of somebody else is not taken for the gateway', { skip: withoutCurl }, async (t) => {
  const { environment } = await setUp(t);
  const proof = await prove('curl', environment, createSecretKey(randomBytes(32)));
  assert.deepEqual(states(proof, 'curl'), ['direct']);
  assert.ok(!proof.isComplete);
});

test(
  'a client that does not trust the authority is told apart',
  { skip: withoutPython || withoutCurl },
  async (t) => {
    const { proxy } = await setUp(t);
    const { environment } = await setUp(t);
    const wrong = {
      ...environment,
      HTTPS_PROXY: proxy.url,
      https_proxy: proxy.url,
      RINGFENCE_PROXY: proxy.url,
      RINGFENCE_TLS: proxy.tls,
    };
    for (const command of ['python3', process.execPath]) {
      const proof = await prove(command, wrong, proxy.probeKey);
      const own = states(proof, command === 'python3' ? 'python' : 'node');
      assert.deepEqual(
        [own, states(proof, 'curl')],
        [['untrusted'], ['untrusted']],
        JSON.stringify(proof.rows),
      );
    }
  },
);

test('a gateway that is down, and a host that it does not know, are failures with a reason', async (t) => {
  const { proxy, environment } = await setUp(t);
  const unknown = await prove(process.execPath, environment, proxy.probeKey, {
    hosts: ['www.other.example'],
  });
  assert.deepEqual(states(unknown, 'node'), ['failed']);
  assert.ok(proxy.refused.includes('www.other.example'));
  await proxy[Symbol.asyncDispose]();
  const down = await prove(process.execPath, environment, proxy.probeKey, { hosts: ['api.acme.example'] });
  assert.deepEqual(states(down, 'node'), ['failed']);
  assert.ok(down.rows.every(({ reason }) => reason.includes('ECONNREFUSED') || reason.includes('connect')));
});

test('a command of unknown nature is never called complete', async (t) => {
  const { proxy, environment } = await setUp(t);
  const proof = await prove('/bin/sh', environment, proxy.probeKey, { hosts: ['api.acme.example'] });
  assert.ok(!proof.isComplete);
  assert.match(proof.notCovered[0] ?? '', /\/bin\/sh is neither/);
  assert.deepEqual(states(proof, 'node'), ['covered']);
});

/** Code that runs with the preload and a list of outcomes to print. */
async function node(environment: Readonly<Record<string, string>>, code: string): Promise<string> {
  const options = { env: environment, timeout: LONGEST_CHILD };
  return (await run(process.execPath, ['--input-type=module', '-e', code], options)).stdout.trim();
}

test('the preload leaves other hosts alone', async (t) => {
  const { proxy, environment } = await setUp(t, 'vendors');
  const code = `
    import tls from 'node:tls';
    for (const host of ['other.invalid', 'acme.example.invalid', 'a.b.cloud.example'])
      await new Promise((done) => tls.connect(443, host).on('error', (error) => done(console.log(error.syscall))));`;
  assert.equal(await node(environment, code), ['getaddrinfo', 'getaddrinfo', 'getaddrinfo'].join('\n'));
  assert.deepEqual(proxy.refused, []);
});

test('an idle kept-alive connection does not keep the process alive', async (t) => {
  const { environment } = await setUp(t, 'vendors');
  const code = `
    import https from 'node:https';
    const agent = new https.Agent({ keepAlive: true, keepAliveMsecs: 60000 });
    const get = () => new Promise((done) => https.get('https://api.acme.example/a', { agent }, (answer) => answer.resume().on('end', done)));
    await get();
    await new Promise((done) => setTimeout(done, 20));
    await get();
    console.log('answered');`;
  assert.equal(await node(environment, code), 'answered'); // The proxy keeps the connection for longer than it is waited.
});

test('a refused tunnel is an error that names the gateway and the host', async (t) => {
  const { environment } = await setUp(t, 'vendors');
  const wider = { ...environment, RINGFENCE_HOSTS: `${environment['RINGFENCE_HOSTS']},www.other.example` };
  const code = `
    import https from 'node:https';
    https.get('https://www.other.example/').on('error', (error) => console.log(error.message));`;
  assert.match(
    await node(wider, code),
    /gateway refused a connection to www\.other\.example: HTTP\/1\.1 403/,
  );
});

test('an SDK that brings its own list of authorities still trusts ours, for vendor hosts alone', async (t) => {
  const { environment } = await setUp(t, 'vendors');
  const code = `
    import https from 'node:https';
    import tls from 'node:tls';
    const agent = new https.Agent({ ca: tls.rootCertificates[0] });
    https.get('https://api.acme.example/a', { agent }, (answer) => answer.resume() && console.log(answer.statusCode));`;
  assert.equal(await node(environment, code), '200');
});

test('code that imported `connect` by name is covered, also in a worker', async (t) => {
  const { environment } = await setUp(t, 'vendors');
  const code = `
    import { connect } from 'node:tls';
    import { Worker } from 'node:worker_threads';
    const socket = connect(443, 'api.acme.example', { servername: 'api.acme.example' }, () => {
      console.log('named', socket.authorized);
      socket.destroy();
      const request = (https) => https.get('https://api.acme.example/a', (a) => a.resume() && console.log('worker', a.statusCode));
      new Worker('import("node:https").then(' + request + ')', { eval: true });
    });`;
  assert.equal(await node(environment, code), 'named true\nworker 200');
});

test('a large body and a large answer pass through the preload unharmed', async (t) => {
  const { environment } = await setUp(t, 'vendors');
  const code = `
    const answer = await fetch('https://api.acme.example/a', { method: 'POST', body: 'x'.repeat(3_000_000) });
    console.log(answer.status, (await answer.text()).length > 10);`;
  assert.equal(await node(environment, code), '200 true');
});

/** A tunnel through the proxy of the app's environment, as `https-proxy-agent` opens it. */
const THROUGH_PROXY = `
  import net from 'node:net';
  import tls from 'node:tls';
  const { hostname, port } = new URL(process.env.HTTPS_PROXY);
  const socket = net.connect(port, hostname, () => socket.write('CONNECT api.acme.example:443 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'));
  socket.once('data', () => {
    const secure = tls.connect({ socket, servername: 'api.acme.example' }, () => {
      secure.on('data', (bytes) => secure.destroy() && console.log(bytes.toString().split('\\r\\n')[0]));
      secure.write('GET /a HTTP/1.1\\r\\nHost: api.acme.example\\r\\n\\r\\n');
    });
    secure.on('error', (error) => console.log(error.message));
  });`;

test('a tunnel through a proxy of the app’s own environment ends at the gateway all the same', async (t) => {
  const { proxy: own } = await startRun(t, HOSTS, 'vendors');
  const { proxy, environment } = await setUp(t, 'vendors');
  assert.equal(await node({ ...environment, HTTPS_PROXY: own.url }, THROUGH_PROXY), 'HTTP/1.1 200 OK');
  assert.equal(proxy.seen.length, 1);
  assert.deepEqual(own.seen, []);
});

test('a tunnel through the gateway, which the environment names, is left as it is', async (t) => {
  const { proxy, environment } = await setUp(t);
  assert.equal(await node(environment, THROUGH_PROXY), 'HTTP/1.1 200 OK');
  assert.equal(proxy.seen.length, 1);
});

/** Code that runs in the app's Python; what it prints. */
async function python(environment: Readonly<Record<string, string>>, code: string): Promise<string> {
  return (await run('python3', ['-c', code], { env: environment, timeout: LONGEST_CHILD })).stdout.trim();
}

test('what obeys no proxy variable in Python reaches the gateway', { skip: withoutPython }, async (t) => {
  const { proxy, environment } = await setUp(t);
  const code = `
import asyncio, http.client, ssl
for host in ("api.acme.example", "API.Acme.Example", "a.cloud.example"):
    connection = http.client.HTTPSConnection(host, context=ssl.create_default_context())
    connection.request("GET", "/a", headers={"Host": host})
    print(connection.getresponse().status)
async def streams():
    reader, writer = await asyncio.open_connection("api.acme.example", 443, ssl=True)
    writer.write(b"GET /a HTTP/1.0\\r\\nHost: api.acme.example\\r\\n\\r\\n")
    print((await reader.readline()).decode().split()[1])
    writer.close()
asyncio.run(streams())`;
  assert.equal(await python(environment, code), '200\n200\n200\n200');
  assert.equal(proxy.seen.length, 4);
});

test('Python resolves other hosts and other ports as before', { skip: withoutPython }, async (t) => {
  const { proxy, environment } = await setUp(t);
  const code = `
import socket
for host, port in (("localhost", 443), ("127.0.0.1", 80), ("api.acme.example.localhost", 443), ("api.acme.example", 22)):
    try:
        print(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][1])
    except OSError:
        print("unknown")
print(socket.getaddrinfo(b"api.acme.example", "https", type=socket.SOCK_STREAM)[0][4][1])`;
  const lines = (await python(environment, code)).split('\n');
  assert.deepEqual(lines.slice(0, 2), ['443', '80']);
  assert.ok(lines.slice(2, 4).every((line) => line !== new URL(proxy.tls).port));
  assert.equal(lines[4], new URL(proxy.tls).port);
});

test('the `sitecustomize` of the app is loaded as well', { skip: withoutPython }, async (t) => {
  const { environment } = await setUp(t);
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-site-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'sitecustomize.py'), 'print("own")\n');
  const PYTHONPATH = `${environment['PYTHONPATH']}:${folder}`;
  assert.equal(await python({ ...environment, PYTHONPATH }, 'print("app")'), 'own\napp');
});
