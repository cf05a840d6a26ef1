import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Vonage } from '@vonage/server-sdk';
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { serve } from '../shared/wire-fixture.ts';
import { refuse } from './refuse.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The vendor's own SDK against a server that refuses everything with `code`. */
async function against<T>(code: ErrorCode, use: (vonage: Vonage) => Promise<T>): Promise<T> {
  await using server = await serve((request) =>
    refuse(
      { code, rule: 'rule:test', message: 'Not today.' },
      { ...request, host: request.path.startsWith('/sms') ? 'rest.nexmo.com' : hostOf(request.path) },
    ),
  );
  const host = server.origin;
  const credential = { apiKey: 'a1b2c3d4', apiSecret: 'x', applicationId: 'app', privateKey };
  const result = await use(
    new Vonage(credential as never, { apiHost: host, restHost: host, videoHost: host }),
  ).catch((error: unknown) => error as T);
  assert.equal(server.seen.length, 1, 'the SDK asked once and did not try again');
  return result;
}

const hostOf = (path: string) => (/^\/(number|account)\//.test(path) ? 'rest.nexmo.com' : 'api.nexmo.com');

/** What an application sees of the exception: its class and the vendor's words. */
async function bodyOf(error: unknown): Promise<string> {
  const { response } = error as { response?: Response };
  return response instanceof Response ? response.text() : JSON.stringify(response);
}

test('SMS: the SDK raises its send failure with our words', async () => {
  const error = await against<unknown>('budget_exceeded', (vonage) =>
    vonage.sms.send({ to: '1', from: '2', text: 'x' }),
  );
  assert.ok(error instanceof Error);
  assert.match(error.constructor.name, /^MessageSend(Partial|All)Failure$/);
  const body = await bodyOf(error);
  assert.match(body, /Not today\. \(budget_exceeded, rule:test\)/);
  assert.match(body, /"status":"9"/);
});

test('Messages, Voice, Verify v2, Video and applications: the SDK raises its request error', async () => {
  const calls: ((vonage: Vonage) => Promise<unknown>)[] = [
    (vonage) => vonage.messages.send({ channel: 'sms', messageType: 'text', to: '1', from: '2', text: 'x' }),
    (vonage) => vonage.voice.createOutboundCall({ to: [{ type: 'phone', number: '1' }], ncco: [] } as never),
    (vonage) => vonage.verify2.newRequest({ brand: 'B', workflow: [{ channel: 'sms', to: '1' }] } as never),
    (vonage) => vonage.video.createSession(),
    (vonage) => vonage.applications.getApplicationPage({}),
  ];
  for (const call of calls) {
    const error = await against<unknown>('policy_denied', call);
    assert.equal((error as Error).constructor.name, 'VetchError');
    assert.equal((error as { response: Response }).response.status, 403);
    assert.match(await bodyOf(error), /Not today\. \(policy_denied, rule:test\)/);
  }
});

test('Verify v1, Number Insight and numbers: the answer carries the vendor’s status', async () => {
  const verify = await against('rate_limited', (vonage) => vonage.verify.start({ number: '1', brand: 'B' }));
  assert.match(JSON.stringify(verify), /"status":"1".*Not today/);
  const insight = await against('key_invalid', (vonage) => vonage.numberInsights.basicLookup('15005550006'));
  assert.match(JSON.stringify(insight), /"status":4.*Not today/);
  const buy = await against<unknown>('policy_denied', (vonage) =>
    vonage.numbers.buyNumber({ country: 'GB', msisdn: '1' }),
  );
  assert.match(await bodyOf(buy), /error-code-label.*Not today/);
});

test('no refusal is a 5xx, for any code or path', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[])
    for (const path of [
      '/sms/json',
      '/verify/json',
      '/ni/basic/json',
      '/number/buy',
      '/v1/messages',
      '/v1/calls',
    ]) {
      const { status, body } = refuse(
        { code, rule: 'r', message: 'm' },
        { method: 'POST', host: 'rest.nexmo.com', path },
      );
      assert.ok(status >= 200 && status < 500 && status !== 204, `${code} ${status}`);
      assert.match(body.toString(), new RegExp(code));
      if (path === '/sms/json') assert.notEqual(JSON.parse(body.toString()).messages[0].status, '0');
    }
});
