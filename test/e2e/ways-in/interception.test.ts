import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startRun, type TestProxy } from './interception-proxy.ts';
import { LONGEST_CHILD } from '../longest-child.ts';

const run = promisify(execFile);
const HOSTS = [
  'api.twilio.com',
  'lookups.twilio.com',
  'api.nexmo.com',
  'rest.nexmo.com',
  'api.telnyx.com',
  '*.livekit.cloud',
];

const setUp = (t: TestContext, scope: 'all' | 'vendors' = 'all') => startRun(t, HOSTS, scope);

/** Runs a piece of an app in a process of its own. */
async function app(
  code: string,
  env: Readonly<Record<string, string>>,
  node = process.execPath,
): Promise<string> {
  const { stdout } = await run(node, ['--input-type=module', '-e', code], {
    env,
    cwd: import.meta.dirname,
    timeout: LONGEST_CHILD,
  });
  return stdout.trim();
}

const APPS: Readonly<Record<string, { readonly code: string; readonly requests: readonly string[] }>> = {
  twilio: {
    code: `
      import twilio from 'twilio';
      const client = twilio('AC' + '0'.repeat(32), 'virtual');
      const message = await client.messages.create({ to: '+15005550006', from: '+15005550001', body: 'a' });
      await client.lookups.v2.phoneNumbers('+15005550006').fetch();
      console.log(message.sid);`,
    requests: [
      `POST api.twilio.com /2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages.json tunnel`,
      'GET lookups.twilio.com /v2/PhoneNumbers/+15005550006 tunnel',
    ],
  },
  vonage: {
    code: `
      import { Vonage } from '@vonage/server-sdk';
      import { generateKeyPairSync } from 'node:crypto';
      const { privateKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const vonage = new Vonage({ apiKey: 'abcdef12', apiSecret: 'virtual', applicationId: 'a', privateKey });
      await vonage.messages.send({ channel: 'sms', messageType: 'text', to: '15005550006', from: 'A', text: 'a' });
      await vonage.sms.send({ to: '15005550006', from: 'A', text: 'a' }).catch(() => undefined);`,
    requests: ['POST api.nexmo.com /v1/messages tunnel', 'POST rest.nexmo.com /sms/json tunnel'],
  },
  telnyx: {
    code: `
      import Telnyx from 'telnyx';
      const client = new Telnyx({ apiKey: 'virtual' });
      await client.messages.send({ from: '+15005550001', to: '+15005550006', text: 'a' });`,
    requests: ['POST api.telnyx.com /v2/messages tunnel'],
  },
  livekit: {
    code: `
      import { RoomServiceClient } from 'livekit-server-sdk';
      await new RoomServiceClient('https://mine.livekit.cloud', 'APIvirtual', 'virtual').listRooms();`,
    requests: ['POST mine.livekit.cloud /twirp/livekit.RoomService/ListRooms tunnel'],
  },
};

const shown = ({ seen }: TestProxy): string[] =>
  seen.map(({ method, host, path, via }) => `${method} ${host} ${decodeURIComponent(path)} ${via}`);

for (const [name, { code, requests }] of Object.entries(APPS)) {
  for (const scope of ['all', 'vendors'] as const) {
    test(`the unchanged ${name} SDK goes through the gateway (${scope})`, async (t) => {
      const { proxy, environment } = await setUp(t, scope);
      await app(code, environment);
      assert.deepEqual(shown(proxy), requests);
    });
  }
}

test('the private folder of a run is gone afterwards', async (t) => {
  const { environment } = await setUp(t);
  await access(environment['RINGFENCE_CA'] ?? '');
  t.after(() => assert.rejects(access(environment['RINGFENCE_CA'] ?? ''), { code: 'ENOENT' }));
});
