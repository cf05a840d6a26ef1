import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intent, problem, REST, to } from './intent-fixture.ts';

const update = (form: Record<string, string>) => ({
  url: '/number/update',
  form: { country: 'US', msisdn: '15005550001', ...form },
});

test('a number that passes its calls on to a telephone or SIP address may cost, and names who is called', () => {
  const phone = intent(REST, update({ voiceCallbackType: 'tel', voiceCallbackValue: '449012345678' }));
  assert.deepEqual([phone.channel, to(phone)], ['voice', ['+449012345678']]);
  assert.ok(phone.effects.includes('indirect') && phone.effects.includes('routing'));
  const padded = intent(REST, update({ voiceCallbackType: ' Tel ', voiceCallbackValue: '449012345678' }));
  assert.deepEqual(to(padded), ['+449012345678'], 'as the vendor may read it');
  const kept = intent(REST, update({ voiceCallbackValue: '449012345678' }));
  assert.deepEqual(to(kept), ['+449012345678'], 'the type that it has already');
  for (const form of [
    { voiceCallbackType: '', voiceCallbackValue: '449012345678' },
    { voiceCallbackValue: ' 449012345678' },
  ])
    assert.deepEqual(to(intent(REST, update(form))), ['+449012345678'], 'likewise');
  const dialed = intent(REST, update({ voiceCallbackValue: 'sip:449012345678@sip.nexmo.com' }));
  assert.deepEqual(to(dialed), ['+449012345678'], 'an address, whatever the number had before');
  const sip = intent(REST, update({ voiceCallbackType: 'sip', voiceCallbackValue: 'sip:a@b.example' }));
  assert.deepEqual(to(sip), ['sip:a@b.example']);
  assert.match(problem(REST, update({ voiceCallbackType: 'tel', voiceCallbackValue: 'x' })), /international/);
  assert.match(problem(REST, update({ voicecallbackvalue: '449012345678' })), /voiceCallbackValue/);
});

test('a number that is answered by an application or a URL is routing alone', () => {
  const forms: readonly Record<string, string>[] = [
    { voiceCallbackType: 'app', voiceCallbackValue: '01234567-89ab' },
    { app_id: 'a' },
  ];
  for (const form of forms) {
    const one = intent(REST, update(form));
    assert.deepEqual([one.effects, one.destinations], [['write', 'routing'], []]);
  }
  const hook = intent(REST, update({ moHttpUrl: 'https://mo.example/' }));
  assert.deepEqual(hook.callbacks, ['https://mo.example/']);
});
