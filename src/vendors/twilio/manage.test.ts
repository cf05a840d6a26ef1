import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import { basicHeader } from '../shared/basic-auth.ts';
import { answer, NOW, openAccount } from '../shared/wire-fixture.ts';
import { management } from './manage.ts';

const AC = `AC${'0123456789abcdef'.repeat(2)}`;
const SK = `SK${'0123456789abcdef'.repeat(2)}`;
const NEW = `SK${'f'.repeat(32)}`;
const { authToken, apiKeySecret } = management.rotations;
const account = openAccount(
  { accountSid: AC, apiKeySid: SK },
  { authToken: 'real0auth0token', apiKeySecret: 'real0key0secret' },
);

test('API keys are made, found again and deleted with the auth token: standard keys may not', () => {
  const made = apiKeySecret?.create(account, 'Ringfence rotation_x', {});
  assert.deepEqual([made?.method, made?.path], ['POST', `/2010-04-01/Accounts/${AC}/Keys.json`]);
  assert.equal(made?.headers['authorization'], basicHeader(AC, 'real0auth0token'));
  assert.equal(made?.body.toString(), 'FriendlyName=Ringfence+rotation_x');
  const created = apiKeySecret?.readCreated(answer(201, { sid: NEW, secret: 'made0by0vendor' }));
  assert.equal(created?.id, NEW);
  assert.equal(created?.values['apiKeySid'], NEW);
  assert.ok(created.values['apiKeySecret'] instanceof Secret);
  const page = { keys: [{ sid: NEW, friendly_name: 'Ringfence rotation_x' }] };
  assert.deepEqual(apiKeySecret?.list?.read(answer(200, page)), [{ id: NEW, label: 'Ringfence rotation_x' }]);
  const retire = apiKeySecret?.retire(
    { ...account, fields: { ...account.fields, apiKeySid: NEW } },
    {
      fields: account.fields,
      known: [],
    },
  );
  assert.equal(retire?.path, `/2010-04-01/Accounts/${AC}/Keys/${SK}.json`);
});

test('the key in use is never the one that is retired', () => {
  assert.equal(apiKeySecret?.retire(account, { fields: account.fields, known: [] }), null);
});

test('each secret is proven by a read that nothing else proves', () => {
  assert.equal(
    authToken?.test(account, NOW).request.headers['authorization'],
    basicHeader(AC, 'real0auth0token'),
  );
  assert.equal(
    apiKeySecret?.test(account, NOW).request.headers['authorization'],
    basicHeader(SK, 'real0key0secret'),
  );
});

test('an auth token gets a second one, which is promoted in its place', () => {
  const create = authToken?.create(account, 'x', {});
  assert.deepEqual(
    [create?.method, create?.host, create?.path],
    ['POST', 'accounts.twilio.com', '/v1/AuthTokens/Secondary'],
  );
  const created = authToken?.readCreated(answer(201, { secondary_auth_token: 'f'.repeat(32) }));
  assert.equal(created?.id, null);
  assert.equal(authToken?.readCreated(answer(401, {})), null);
  assert.equal(authToken?.withdraw(account, null).method, 'DELETE');
  assert.equal(
    authToken?.retire(account, { fields: account.fields, known: [] })?.path,
    '/v1/AuthTokens/Promote',
  );
  assert.equal(authToken?.signsWebhooks, true);
});
