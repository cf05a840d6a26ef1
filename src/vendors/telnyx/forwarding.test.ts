import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function read(url: string, json: unknown, method = 'PATCH') {
  return readingBy(telnyx, wire(HOST, { method, url: `/v2${url}`, json }));
}

const PLACES = ['/phone_numbers/1/voice', '/mobile_phone_numbers/1', '/v2/mobile_phone_numbers/1'];

test('the target of call forwarding is a destination, and its leg may cost', () => {
  for (const url of PLACES) {
    const reading = read(url, {
      call_forwarding: { forwards_to: '+449012345678', forwarding_type: 'always' },
    });
    assert.ok(reading.kind === 'intent', url);
    const { effects, destinations } = reading.intent;
    assert.ok(effects.includes('indirect'), url);
    assert.deepEqual(
      destinations.map(({ address }) => address),
      ['+449012345678'],
      url,
    );
  }
});

test('a number to which calls are passed on is one that can be read', () => {
  assert.equal(read(PLACES[0] ?? '', { call_forwarding: { forwards_to: '09012345678' } }).kind, 'malformed');
  assert.equal(
    read(PLACES[0] ?? '', { call_forwarding: { Forwards_to: '+449012345678' } }).kind,
    'malformed',
  );
  assert.equal(read(`${PLACES[0]}?call_forwarding[forwards_to]=1`, {}).kind, 'malformed');
  for (const json of [{}, { call_forwarding: {} }, { call_forwarding: { forwards_to: '' } }]) {
    const reading = read(PLACES[0] ?? '', json);
    assert.ok(reading.kind === 'intent' && reading.intent.destinations.length === 0);
  }
});

test('a job that forwards the calls of many numbers has their target as destination', () => {
  const job = '/phone_numbers/jobs/update_phone_numbers';
  const voice = { call_forwarding: { forwards_to: '+449012345678' } };
  const reading = read(`${job}?filter[tag]=x`, { phone_numbers: ['+15005550001'], voice }, 'POST');
  assert.ok(reading.kind === 'intent' && reading.intent.destinations[0]?.address === '+449012345678');
  const hidden = `${job}?voice[call_forwarding][forwards_to]=%2B449012345678`;
  assert.equal(read(hidden, { phone_numbers: ['+15005550001'] }, 'POST').kind, 'malformed');
});
