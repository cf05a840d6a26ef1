import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, type RequestParts, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { telnyx } from './index.ts';

function read(parts: RequestParts): Reading['kind'] {
  return readingBy(telnyx, wire('api.telnyx.com', { ...parts, url: `/v2${parts.url}` })).kind;
}

test('a look-up is asked for nothing that only some servers would see', () => {
  const url = '/number_lookup/%2B15005550006?type=carrier';
  for (const list of ['type', 'type[]', 'type%5B0%5D'])
    assert.equal(read({ url: `${url}&${list}=caller-name` }), 'intent', list);
  for (const name of [
    'Type',
    '[type]',
    '%5Btype%5D',
    'type]',
    '%3Ftype',
    '+type',
    'type[x]',
    'type.0',
    'type%00',
  ])
    assert.equal(read({ url: `${url}&${name}=caller-name` }), 'malformed', name);
});

test('filters keep their brackets, and nothing else stands around a name', () => {
  const url = '/phone_numbers?filter[tag]=a&filter%5Bvoice.usage_payment_method%5D=b&page[number]=1';
  assert.equal(read({ url }), 'intent');
  for (const name of ['[filter]', '?filter', 'filter%00', ' filter'])
    assert.equal(read({ url: `${url}&${encodeURIComponent(name)}=c` }), 'malformed', name);
});

test('a parameter of a change may not stand in both query and body, in whatever spelling', () => {
  const url = '/messaging_profiles/1';
  const json = { webhook_url: 'https://a.example/' };
  assert.equal(read({ method: 'PATCH', url, json }), 'intent');
  for (const name of ['webhook_url', 'Webhook_URL', 'webhook.url', 'webhook_url[]'])
    assert.equal(read({ method: 'PATCH', url: `${url}?${name}=evil.example`, json }), 'malformed', name);
  const jobs = '/phone_numbers/jobs/update_phone_numbers?filter[a]=1&filter[b]=2&ids[]=1&ids[]=2';
  assert.equal(read({ url: jobs, json: { phone_numbers: [] } }), 'intent', 'lists and filters are none');
});

test('no parameter makes another request of one, wherever it stands', () => {
  const url = '/messaging_profiles/1';
  for (const name of ['_method', '_METHOD']) {
    assert.equal(read({ url: `${url}?${name}=DELETE` }), 'malformed', name);
    assert.equal(
      read({ method: 'PATCH', url: `${url}?${name}=DELETE`, json: { name: 'x' } }),
      'malformed',
      name,
    );
    assert.equal(read({ method: 'PATCH', url, json: { name: 'x', [name]: 'DELETE' } }), 'malformed', name);
  }
});
