import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ENVIRONMENT, SERVICES } from '../../../scripts/services.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { prepareApp } from '../prepare-app.ts';

const run = promisify(execFile);
const hasCurl = SERVICES.find(({ name }) => name === 'curl')?.found() === true;
const withoutCurl = !hasCurl && process.env['CI'] !== 'true' && 'needs curl';
const hasPython = SERVICES.find(({ name }) => name.startsWith('Python'))?.found() === true;
const withoutPython = !hasPython && process.env['CI'] !== 'true' && 'needs Python with the SDKs';
const ROOT = resolve(import.meta.dirname, '../../..');

/** What to do with what the snippet leaves, and what comes of it; by vendor, kind of key and SDK. */
const NODE: Readonly<Record<string, { readonly work: string; readonly prints: RegExp }>> = {
  'twilio/secret/twilio (Node)': {
    work: `console.log((await client.messages.list({ limit: 1 })).length)`,
    prints: /^0$/,
  },
  'vonage/secret/@vonage/server-sdk': {
    work: `console.log(typeof (await vonage.accounts.getBalance()).value)`,
    prints: /^number$/,
  },
  'vonage/rs256/@vonage/server-sdk': {
    work: `console.log((await vonage.voice.search({})).count)`,
    prints: /^0$/,
  },
  'telnyx/secret/telnyx': {
    work: `console.log((await telnyx.balance.retrieve()).data.currency)`,
    prints: /^USD$/,
  },
};
/** The same for Python, started as the snippets say. */
const PYTHON: typeof NODE = {
  'twilio/secret/twilio (Python)': {
    work: 'print(len(client.messages.list(limit=1)))',
    prints: /^0$/,
  },
  'vonage/secret/vonage (Python)': {
    work: 'print(type(client.account.get_balance().value).__name__)',
    prints: /^float$/,
  },
  'vonage/rs256/vonage (Python)': {
    work: 'print(len(client.voice.list_calls()[0]))',
    prints: /^0$/,
  },
  'telnyx/secret/telnyx (Python)': {
    work: 'print(client.balance.retrieve().data.currency)',
    prints: /^USD$/,
  },
  'livekit/hs256/livekit-api (Python)': { work: '', prints: /^0$/ },
};
/** Shell snippets that call by themselves. */
const SHELL: Readonly<Record<string, RegExp>> = {
  'twilio/secret/environment': /"messages":\s*\[\]/,
  'vonage/secret/curl': /"value"/,
};

describe('the snippets that come with a new key, pasted as they are', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  function code(name: string): string {
    const [vendor = '', kind = '', ...rest] = name.split('/');
    const custody = node.primary.registry.byId(vendor)?.custody;
    const snippets = custody?.snippets(node.parts(vendor, kind), node.gateway) ?? [];
    const found = snippets.find(({ sdk }) => sdk === rest.join('/'));
    assert.ok(found, `${name} is not among ${snippets.map(({ sdk }) => sdk).join(', ')}`);
    return found.code;
  }

  for (const [name, { work, prints }] of Object.entries(NODE))
    it(`work for ${name}`, async () => {
      const args = ['--input-type=module', '-e', `${code(name)}\n${work}`];
      const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: LONGEST_CHILD });
      assert.match(stdout.trim(), prints);
    });

  for (const [name, { work, prints }] of Object.entries(PYTHON))
    it(`work for ${name}`, { skip: withoutPython }, async () => {
      await using prepared = await prepareApp(node, ENVIRONMENT);
      const args = ['-c', `${code(name)}\n${work}`];
      const { stdout } = await run('python3', args, { env: prepared.environment, timeout: LONGEST_CHILD });
      assert.match(stdout.trim(), prints);
    });

  for (const [name, prints] of Object.entries(SHELL))
    it(`work for ${name}`, { skip: withoutCurl }, async () => {
      const { stdout } = await run('sh', ['-c', code(name)], { timeout: LONGEST_CHILD });
      assert.match(stdout, prints);
    });
});
