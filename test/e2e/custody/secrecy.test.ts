import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PreparedRun } from '../../../src/cli/run/prepare.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { prepareApp } from '../prepare-app.ts';
import { appEnvironment } from '../sdks-run.ts';

const PIECE = 16 * 1024 * 1024;
const OVERLAP = 4096;

/** Text by which a secret would be found, by name. */
type Needles = ReadonlyMap<string, Buffer>;

describe('an app that has sent through the gateway', () => {
  let node: TestNode;
  let prepared: PreparedRun;
  let folder: string;
  let app: ChildProcess;
  let vendors: readonly string[];

  before(async () => {
    node = await startNode();
    vendors = node.primary.registry.vendors.map(({ id }) => id);
    folder = await mkdtemp(join(tmpdir(), 'ringfence-app-'));
    prepared = await prepareApp(node, {
      ...appEnvironment(node, vendors[0] ?? ''),
      ALL: JSON.stringify(everyCredential()),
    });
    app = await startApp(prepared.environment, folder, vendors);
  });
  after(async () => {
    app.stdin?.end();
    await new Promise((resolve) => app.once('exit', resolve));
    await prepared[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    await node.close();
  });

  function everyCredential(): Readonly<Record<string, unknown>> {
    const own = vendors.map((vendor) => {
      const { PARTS = '', IDS = '' } = appEnvironment(node, vendor);
      return [vendor, { PARTS: JSON.parse(PARTS) as unknown, IDS: JSON.parse(IDS) as unknown }];
    });
    return Object.fromEntries(own) as Record<string, unknown>;
  }

  /** Secrets of the vendors, in the spellings in which they could lie somewhere. */
  function realSecrets(): Needles {
    const found = vendors.flatMap((vendor) => {
      const real = node.real(vendor);
      const fields = node.primary.registry.byId(vendor)?.custody.fields ?? [];
      return fields
        .filter(({ name, secret }) => secret && real[name] !== undefined)
        .flatMap(({ name }) => spellings(`${vendor} ${name}`, real[name] ?? ''));
    });
    const { accountSid = '', authToken = '', apiKeySid = '', apiKeySecret = '' } = node.real('twilio');
    for (const pair of [`${accountSid}:${authToken}`, `${apiKeySid}:${apiKeySecret}`])
      found.push(['a Basic credential', Buffer.from(Buffer.from(pair).toString('base64'))]);
    return new Map(found);
  }

  function virtualSecrets(): Needles {
    const { authToken = '' } = node.parts('twilio', 'secret');
    const { apiKey = '' } = node.parts('telnyx');
    const { apiSecret = '' } = node.parts('livekit');
    const { privateKey = '' } = node.parts('vonage', 'rs256');
    return new Map([
      ...spellings('twilio', authToken),
      ...spellings('telnyx', apiKey),
      ...spellings('livekit', apiSecret),
      ...spellings('vonage', node.parts('vonage', 'secret')['apiSecret'] ?? ''),
      ...spellings('vonage key', privateKey),
    ]);
  }

  it('has no byte of a real secret in its memory, where its virtual ones are', () => {
    const real = realSecrets();
    const virtual = virtualSecrets();
    assert.ok(real.size >= vendors.length);
    const found = searchMemory(app.pid ?? 0, new Map([...real, ...virtual]));
    assert.deepEqual(
      [...real.keys()].filter((name) => found.has(name)),
      [],
    );
    for (const name of ['twilio as it is', 'telnyx as it is', 'livekit as it is'])
      assert.ok(found.has(name), `the search found no virtual secret of ${name}`);
  });

  it('has none in its environment and in its files', () => {
    const places = [`/proc/${app.pid}/environ`, `/proc/${app.pid}/cmdline`];
    const trust = dirname(prepared.environment['RINGFENCE_CA'] ?? '');
    for (const directory of [folder, trust])
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) places.push(join(entry.parentPath, entry.name));
    assert.ok(places.length > 3);
    for (const place of places) {
      const bytes = readFileSync(place);
      for (const [name, needle] of realSecrets()) assert.ok(!bytes.includes(needle), `${name} in ${place}`);
    }
  });

  it('has made requests that the vendors saw with the real credential alone', () => {
    const requests = node.sandbox.requests.list();
    assert.deepEqual(new Set(requests.map(({ vendor }) => vendor)), new Set(vendors));
    for (const request of requests) {
      assert.notEqual(request.credential, null, `${request.method} ${request.path}`);
      const { account, vendor } = request;
      const own = node.sandbox.accounts.list().find((one) => one.vendor === vendor);
      assert.equal(account, own?.id);
      const authorization = String(request.headers['authorization'] ?? '');
      const decoded = Buffer.from(authorization.replace(/^\w+ /, ''), 'base64').toString('latin1');
      const seen = Buffer.from(`${JSON.stringify(request)} ${decoded}`);
      for (const [name, needle] of virtualSecrets())
        assert.ok(!seen.includes(needle), `${name} went to ${request.path}`);
    }
  });
});

/** As it is, in Base64, and for a private key a line from its middle. */
function spellings(name: string, secret: string): [string, Buffer][] {
  const lines = secret.split('\n').filter((line) => line.length >= 60 && !line.startsWith('-----'));
  const text = lines.length > 0 ? (lines[Math.floor(lines.length / 2)] ?? '') : secret;
  const encoded = Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [
    [`${name} as it is`, Buffer.from(text)],
    [`${name} in Base64`, Buffer.from(encoded)],
    [`${name} in UTF-16`, Buffer.from(text, 'utf16le')],
  ];
}

async function startApp(
  env: Readonly<Record<string, string>>,
  cwd: string,
  vendors: readonly string[],
): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../clients/holding.mjs', import.meta.url));
  const app = spawn(process.execPath, [script, ...vendors], { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: app.stdout })) if (line === 'held') return app;
  throw new Error('the app ended before it was asked to');
}

/** Names of the needles that lie in any readable region of the process. */
function searchMemory(pid: number, needles: Needles): ReadonlySet<string> {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.alloc(PIECE);
  let total = 0;
  for (const [start, end] of regionsOf(pid))
    for (let at = start; at < end; at += PIECE - OVERLAP) {
      const size = readAt(memory, buffer, at, Math.min(PIECE, end - at));
      total += size;
      const piece = buffer.subarray(0, size);
      for (const [name, needle] of needles) if (!found.has(name) && piece.includes(needle)) found.add(name);
    }
  closeSync(memory);
  assert.ok(total > 10 * 1024 * 1024, `only ${total} bytes could be read`);
  return found;
}

function regionsOf(pid: number): [start: number, end: number][] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, start = '', end = '', name = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
    return start === '' || name === '[vsyscall]' || name === '[vvar]'
      ? []
      : [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as [number, number]];
  });
}

/** Bytes read; 0 where the kernel gives none (reserved pages). */
function readAt(file: number, buffer: Buffer, position: number, length: number): number {
  try {
    return readSync(file, buffer, 0, length, position);
  } catch {
    return 0;
  }
}
