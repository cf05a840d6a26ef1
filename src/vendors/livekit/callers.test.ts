import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentBy, wire } from '../shared/wire-fixture.ts';
import { livekit } from './index.ts';

function sendersOf(fields: object): readonly (string | null)[] {
  const dial = { sipTrunkId: 'ST_x', sipCallTo: '+15005550006', sipNumber: '+15005550001', roomName: 'r' };
  const request = wire('p.livekit.cloud', {
    url: '/twirp/livekit.SIP/CreateSIPParticipant',
    json: { ...dial, ...fields },
  });
  const { sender, furtherSenders = [] } = intentBy(livekit, request);
  return [sender, ...furtherSenders];
}

test('a caller in the From header, or in one that carriers prefer to it, is a sender as well', () => {
  for (const fields of [
    { sipFromHeader: { values: { user: '+447700900000', host: 'x.example' }, displayName: 'Bank' } },
    { sip_from_header: { raw: '"Bank" <sip:+447700900000@x.example>' } },
    { headers: { 'P-Asserted-Identity': '<sip:+447700900000@x.example;user=phone>' } },
    { headers: { 'remote-party-id': '"Bank" <tel:+447700900000>;party=calling' } },
    { headers: { From: '+447700900000' } },
  ])
    assert.deepEqual(sendersOf(fields), ['+15005550001', '+447700900000'], JSON.stringify(fields));
});

test('each address in such a header counts; other headers, and a mere name, are nobody', () => {
  const both = { headers: { 'P-Asserted-Identity': '<sip:+15005550002@a>, <tel:+15005550003>' } };
  assert.deepEqual(sendersOf(both), ['+15005550001', '+15005550002', '+15005550003']);
  for (const fields of [{ headers: { 'X-Id': 'sip:a@b' } }, { sipFromHeader: { displayName: 'Shop' } }])
    assert.deepEqual(sendersOf(fields), ['+15005550001'], JSON.stringify(fields));
});
