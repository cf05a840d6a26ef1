import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import type { Refusal } from '../../intent/decision.ts';
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { serve } from '../shared/wire-fixture.ts';
import { refuse } from './refuse.ts';

const AC = `AC${'f'.repeat(32)}`;
const refusalOf = (code: ErrorCode): Refusal => ({ code, rule: 'rule:sms-home', message: 'Not to DE.' });
const CODES = Object.keys(ERRORS) as ErrorCode[];

function bodyOf(code: ErrorCode, path: string): Record<string, unknown> {
  const response = refuse(refusalOf(code), { method: 'POST', host: 'api.twilio.com', path });
  return JSON.parse(response.body.toString()) as Record<string, unknown>;
}

test('the body has exactly the members of the vendor', () => {
  assert.deepEqual(bodyOf('policy_denied', `/2010-04-01/Accounts/${AC}/Messages.json`), {
    code: 21408,
    message: 'Not to DE. (Ringfence policy_denied, rule:sms-home)',
    more_info: 'https://www.twilio.com/docs/errors/21408',
    status: 403,
  });
});

test('codes are those that apps know', () => {
  const codeOf = (code: ErrorCode, path = '/x'): unknown => bodyOf(code, path)['code'];
  assert.equal(codeOf('key_invalid'), 20003);
  assert.equal(codeOf('rate_limited'), 20429);
  assert.equal(codeOf('policy_denied', '/2010-04-01/Accounts/A/Calls.json'), 21215);
  assert.equal(codeOf('policy_denied', '/v2/Services/VA1/Verifications'), 60605);
  assert.equal(codeOf('policy_denied', '/v1/Services'), 20003);
  assert.equal(codeOf('upstream_unknown'), 20409);
});

test('the vendor SDK raises its own exception for every code, and sends once', async () => {
  let code: ErrorCode = 'internal';
  await using server = await serve((request) => refuse(refusalOf(code), request));
  const client = twilio(AC, 'rfv000000000000000000000000TVH10');
  client.api.baseUrl = server.origin;
  for (code of CODES) {
    const sent = client.messages.create({ to: '+15005550006', from: '+15005550001', body: 'x' });
    await assert.rejects(sent, (error: unknown) => {
      assert.ok(error instanceof twilio.RestException, code);
      assert.ok(error.message.includes(`Ringfence ${code}`), error.message);
      assert.ok(error.status >= 400 && error.status < 500);
      return error.code === bodyOf(code, '/Messages.json')['code'];
    });
  }
  assert.equal(server.seen.length, CODES.length);
});
