import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allChecks } from './checks.ts';
import { neighboursOf } from './neighbours.ts';

const near = (rule: string, text: string, line: number) =>
  Object.fromEntries(
    Object.entries(neighboursOf(allChecks().get(rule)?.near ?? {}, text, line)).map(([name, [first]]) => [
      name,
      first,
    ]),
  );

test('the nearest value comes first, before or after', () => {
  const form = { id: /id=(\w+)/ };
  assert.deepEqual(neighboursOf(form, 'id=far\n\nid=close\nsecret\n\nid=after', 4), {
    id: ['close', 'after', 'far'],
  });
  assert.deepEqual(neighboursOf(form, 'id=far\n\n\nsecret\nid=after', 4), { id: ['after', 'far'] });
  assert.deepEqual(neighboursOf(form, `id=beyond${'\n'.repeat(30)}secret`, 31), {});
  assert.deepEqual(neighboursOf(form, '', 7), {});
  assert.deepEqual(neighboursOf(form, 'id=one, id=two, id=one\nsecret', 2), { id: ['one', 'two'] });
});

test('public ids are found as people write them beside secrets', () => {
  const AC = `AC${'0123456789abcdef'.repeat(2)}`;
  const SK = `SK${'0123456789abcdef'.repeat(2)}`;
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['twilio-auth-token', `TWILIO_ACCOUNT_SID=${AC}\nTWILIO_AUTH_TOKEN=x`, { id: AC }],
    ['twilio-api-key', `sid: ${SK}\nsecret: x\naccount: ${AC}`, { id: SK, account: AC }],
    ['vonage-api-secret', 'VONAGE_API_KEY=a1b2c3d4\nVONAGE_API_SECRET=x', { id: 'a1b2c3d4' }],
    ['vonage-api-secret', '"apiKey": "a1b2c3d4",\n"apiSecret": "x"', { id: 'a1b2c3d4' }],
    [
      'vonage-private-key',
      'application_id: 0a1b2c3d-0000-4000-8000-0123456789ab\nprivate_key: x',
      { id: '0a1b2c3d-0000-4000-8000-0123456789ab' },
    ],
    [
      'livekit-api-secret',
      'LIVEKIT_URL=wss://shop-a1b2.livekit.cloud\nLIVEKIT_API_KEY=APIabcdEFGHjkmn\nLIVEKIT_API_SECRET=x',
      { id: 'APIabcdEFGHjkmn', host: 'shop-a1b2.livekit.cloud' },
    ],
    ['plivo-auth-token', 'PLIVO_AUTH_ID=MAXY1Z2W3V4U5T6S7R8Q\ntoken=x', { id: 'MAXY1Z2W3V4U5T6S7R8Q' }],
    ['mailjet-secret-key', `MJ_APIKEY_PUBLIC='${'a1'.repeat(16)}'\nsecret=x`, { id: 'a1'.repeat(16) }],
    ['agora-customer-secret', `customerId: '${'b2'.repeat(16)}',\nsecret: x`, { id: 'b2'.repeat(16) }],
    ['46elks-password', `user = u${'c3'.repeat(16)}\npassword = x`, { id: `u${'c3'.repeat(16)}` }],
    [
      'clicksend-api-key',
      'CLICKSEND_USERNAME=ada@example.com\nCLICKSEND_API_KEY=x',
      { id: 'ada@example.com' },
    ],
  ];
  for (const [rule, text, expected] of cases) assert.deepEqual(near(rule, text, 2), expected, rule);
});

test('a pattern does not go astray in a long line', () => {
  const start = process.cpuUsage();
  for (const { near: forms = {} } of allChecks().values())
    neighboursOf(forms, `${'api_key = '.repeat(200_000)}\n${'A'.repeat(1_000_000)}`, 1);
  assert.ok(process.cpuUsage(start).user < 20_000_000);
});
