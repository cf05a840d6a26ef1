import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { plainParts } from '../../../src/custody/plain-parts.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { ALLOWED, FROM, REFUSED, startNode, type TestNode } from '../node-fixture.ts';
import { checkSteps, refused } from './sdks-expect.ts';
import type { Step } from '../sdks-run.ts';

const run = promisify(execFile);
const OWN = 'livekit.acme.example';
const OTHER = 'livekit.other.example';
const CLIENT = fileURLToPath(new URL('../clients/livekit.mjs', import.meta.url));

/** What the app is given for an account on a server of one's own. */
interface Given {
  readonly parts: Readonly<Record<string, string>>;
  readonly trunk: string;
  readonly realSecret: string;
}

describe('a LiveKit server of one’s own, by a port that stands for its host', () => {
  let node: TestNode;
  let own: Given;
  before(async () => {
    node = await startNode({ hosts: [OWN, OTHER] });
    own = await seal(node, OWN);
    await seal(node, OTHER);
  });
  after(() => node.close());

  it('works with the SDK, unmodified', async () => {
    checkSteps(await runClient(node, OWN, own), {
      values: { room: 'r1', call: 'r1', list: 'r1', delete: null },
      refusals: {
        'refused call': refused('ServerError'),
        'wrong key': refused('ServerError', 'key_invalid'),
      },
    });
  });

  it('sees the real key, and the app never does', () => {
    const seen = node.sandbox.requests.list().filter(({ vendor }) => vendor === 'livekit');
    assert.ok(seen.length > 0);
    assert.ok(seen.every(({ host, status }) => host === OWN && status === 200));
    assert.ok(!JSON.stringify(own.parts).includes(own.realSecret));
  });

  it('is not reached with the key of another host', async () => {
    const before = node.sandbox.requests.list().length;
    const steps = await runClient(node, OTHER, own);
    assert.match(
      steps.get('list')?.message ?? '',
      /The key belongs to the project at livekit\.acme\.example/,
    );
    assert.equal(node.sandbox.requests.list().length, before);
  });
});

async function seal({ primary, sandbox, vendor: upstream }: TestNode, host: string): Promise<Given> {
  const { credentials } = sandbox.accounts.create({ vendor: 'livekit' });
  const { apiKey = '', apiSecret = '', sipTrunkId: trunk = '' } = credentials;
  const name = host.split('.')[1] ?? host;
  const account = await primary.accounts.seal({
    vendor: 'livekit',
    name,
    values: { apiKey, apiSecret, host },
    upstream,
  });
  const request = { app: 'app_test', account: account.id, name, lifetime: null, networks: [] };
  const { credential } = await primary.keys.create(request);
  return { parts: plainParts(credential), trunk, realSecret: apiSecret };
}

async function runClient(node: TestNode, host: string, { parts, trunk }: Given): Promise<Map<string, Step>> {
  const { PATH = '', HOME = '' } = process.env;
  const told = { PARTS: JSON.stringify(parts), IDS: JSON.stringify({ sipTrunkId: trunk }) };
  const GATEWAY = `http://127.0.0.1:${node.ports.hosts[host]}`;
  const env = { PATH, HOME, ...told, GATEWAY, ALLOWED, REFUSED, FROM };
  const { stdout } = await run(process.execPath, [CLIENT], { env, timeout: LONGEST_CHILD });
  const steps = stdout.split('\n').filter((line) => line.startsWith('{'));
  return new Map(steps.map((line) => JSON.parse(line) as Step).map((step) => [step.name, step]));
}
