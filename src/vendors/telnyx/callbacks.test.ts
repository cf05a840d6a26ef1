import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function read(url: string, json: object, method = 'POST'): Reading {
  return readingBy(telnyx, wire(HOST, { method, url: `/v2${url}`, json }));
}

function hosts(url: string, json: object, method = 'POST'): readonly string[] {
  const reading = read(url, json, method);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent.callbacks;
}

test('addresses that the vendor will connect to are callbacks, whatever the operation', () => {
  const audio = 'wss://x.example/audio';
  assert.deepEqual(hosts('/calls/c1/actions/streaming_start', { stream_url: audio }), [audio]);
  assert.deepEqual(hosts('/calls/c1/actions/fork_start', { rx: 'udp:1', target: audio }), ['udp://1', audio]);
  assert.deepEqual(hosts('/calls/c1/actions/bridge', { call_control_id: 'c2', ringtone_url: audio }), [
    audio,
  ]);
  assert.deepEqual(hosts('/calls/c1/actions/answer', { webhook_url: 'x.example' }), ['x.example']);
  assert.deepEqual(hosts('/texml_applications/1', { voice_url: 'https://a' }, 'PATCH'), ['https://a']);
  const Texml = '<Response><Start><Stream url="&#x77;ss://x.example/audio"/></Start></Response>';
  const texml = {
    To: '+15005550006',
    From: '+15005550001',
    Texml,
    AsyncAmdStatusCallback: 'https://b.example',
  };
  assert.deepEqual(hosts('/texml/Accounts/a/Calls', texml), ['https://b.example', audio]);
});

test('a host field in another spelling, which a lenient parser could take for it, is refused', () => {
  for (const name of ['FQDN', 'Fqdn', 'f_q_d_n']) {
    const reading = read('/fqdns', { connection_id: '1', [name]: 'evil.example' });
    assert.equal(reading.kind, 'malformed', name);
  }
});

test('a host to which calls, recordings or logs are sent is an address like others', () => {
  const host = 'x.example:5061';
  for (const [method, url, json] of [
    ['POST', '/fqdns', { fqdn: host }],
    ['PATCH', '/ips/1', { ip_address: host }],
    ['POST', '/siprec_connectors', { host }],
    ['PUT', '/siprec_connectors/c', { host }],
    ['PATCH', '/uac_connections/1', { external_uac_settings: { outbound_proxy: `sip:${host}` } }],
    ['PUT', '/custom_storage_credentials/1', { configuration: { endpoint: host } }],
    ['PUT', '/compute/funcs/1/logs/export', { endpoint: host }],
  ] as const)
    assert.deepEqual(hosts(url, json, method), [`https://${host}`], url);
  assert.deepEqual(hosts('/access_ip_address', { ip_address: '203.0.113.9' }), [], 'who may come in');
});

test('an address in a script is found however it is written', () => {
  const script = (Redirect: string): object => ({
    To: '+15005550006',
    From: '+15005550001',
    Texml: `<?xml version="1.0"?><Response><Redirect>${Redirect}</Redirect></Response>`,
  });
  const call = '/texml/Accounts/a/Calls';
  const padding = '0'.repeat(3000);
  for (const url of [
    'https://x.example',
    'ht<!-- a --><!-- b -->tps://x.example',
    'ht&#10;tps://x.example',
    '\n  https://x.example\n',
  ])
    assert.deepEqual(hosts(call, script(url)), ['https://x.example'], url);
  assert.deepEqual(hosts(call, script(`https://y:${padding}@x.example`)), [`https://y:${padding}@x.example`]);
  for (const text of ['ht<![CDATA[tps://x.example]]>', 'ht<?a?>tps://x.example', '<!DOCTYPE a>'])
    assert.equal(read(call, script(text)).kind, 'malformed', text);
});

test('a network target to which the audio of a call is sent is an address like others', () => {
  const fork = '/calls/c1/actions/fork_start';
  assert.deepEqual(hosts(fork, { rx: 'udp:203.0.113.9:9000', tx: 'UDP:203.0.113.9:9001' }), [
    'udp://203.0.113.9:9000',
    'udp://203.0.113.9:9001',
  ]);
  assert.equal(new URL('udp://203.0.113.9:9000').hostname, '203.0.113.9');
});

test('to send the audio of a call elsewhere is an export of personal data, as with other vendors', () => {
  const streams = [
    '/calls/c1/actions/fork_start',
    '/calls/c1/actions/streaming_start',
    '/calls/c1/actions/siprec_start',
  ];
  for (const url of [
    ...streams,
    '/texml/Accounts/a/Calls/c/Streams.json',
    '/texml/Accounts/a/Calls/c/Siprec.json',
  ]) {
    const reading = read(url, {});
    assert.ok(reading.kind === 'intent', url);
    for (const effect of ['spend', 'pii', 'routing', 'export'] as const)
      assert.ok(reading.intent.effects.includes(effect), `${url} ${effect}`);
  }
});

test('media that the vendor fetches for a chat message is seen; links that only people follow are not', () => {
  const common = { from: '+15005550001', to: '+15005550006' };
  const image = { link: 'https://media.example/a.png' };
  const header = { type: 'header', parameters: [{ type: 'image', image }] };
  const button = { type: 'button', parameters: [{ type: 'text', text: 'https://shop.example' }] };
  for (const whatsapp_message of [
    { type: 'image', image },
    { type: 'template', template: { name: 't', components: [header, button] } },
    { type: 'interactive', interactive: { type: 'button', header: { type: 'image', image } } },
  ])
    assert.deepEqual(hosts('/messages/whatsapp', { ...common, whatsapp_message }), [image.link]);
  const file = { file_url: 'https://media.example/b.mp4', thumbnail_url: 'https://media.example/b.png' };
  const suggestions = [{ action: { text: 'x', open_url_action: { url: 'https://shop.example' } } }];
  const agent_message = { content_message: { content_info: file, suggestions } };
  const rcs = { agent_id: 'a', to: common.to, messaging_profile_id: 'm', agent_message };
  assert.deepEqual(
    hosts('/messages/rcs', {
      ...rcs,
      mms_fallback: { from: 'x', media_urls: ['https://mms.example/c.png'] },
    }),
    [file.file_url, file.thumbnail_url, 'https://mms.example/c.png'],
  );
});

test('an address that stands in two places of a change is refused: the vendor may take the one that no rule saw', () => {
  const profile = '/messaging_profiles/1';
  const [one, other] = ['https://a.example/', 'https://b.example/'];
  for (const url of [`${profile}?webhook_url=${one}&webhook_url=${other}`, `${profile}?webhook_url=${one}`])
    assert.equal(read(url, { webhook_url: other }, 'PATCH').kind, 'malformed', url);
  assert.deepEqual(hosts(`${profile}?webhook_url=${one}`, { name: 'x' }, 'PATCH'), [one]);
  const twice = read(`${profile}?webhook_url=${one}&webhook_url=${other}`, { name: 'x' }, 'PATCH');
  assert.equal(twice.kind, 'malformed');
});
