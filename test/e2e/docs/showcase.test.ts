import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { LONGEST_CHILD } from '../longest-child.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SCRIPT = join(ROOT, 'examples/twilio-node/showcase.mjs');

test('the demonstration asks again when it is told to: on a slow machine its money may come late', async (t) => {
  const answers = [
    [429, { code: 20429, message: 'Budget money did not arrive in time.' }],
    [201, { sid: 'SM1', status: 'queued' }],
    [403, { code: 21408, message: 'Not covered.' }],
    [403, { code: 20003, message: 'The budget is spent.' }],
  ] as const;
  let asked = 0;
  const server = createServer((request, response) => {
    const [status, body] = answers[asked++] ?? assert.fail('asked too often');
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], {
    timeout: LONGEST_CHILD,
    env: {
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'virtual',
      GATEWAY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ALLOWED_TO: '+4915215551234',
      REFUSED_TO: '+447700900123',
      FROM: '+15005550199',
    },
  });
  assert.match(
    stdout,
    /^sent +SM1 \(queued\)\nrefused .*Not covered\.\nbudget +1 messages, then .*spent\.\n$/,
  );
});
