import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from './reading.ts';
import { urlsIn } from './urls.ts';

test('an address is found by its form or by the name of its field, at any depth', () => {
  const body = {
    text: 'see https://no.example',
    deep: [{ target: 'WSS://a.example' }, { callback_urls: ['b.example', ''] }],
    padded: ' https://c.example',
    statusCallback: '//d.example',
    uri: 'sip:anna@e.example',
    count: 1,
  };
  assert.deepEqual(urlsIn(body), ['WSS://a.example', 'b.example', ' https://c.example', '//d.example']);
});

test('an address is read to its end, however far its host stands behind a long name', () => {
  const far = `https://good.example:${'0'.repeat(3000)}@bad.example`;
  assert.equal(new URL(urlsIn([far])[0] ?? '').hostname, 'bad.example');
});

test('no address hides behind a crowd of others', () => {
  const crowd = Array(900).fill('https://good.example');
  assert.equal(urlsIn([...crowd, 'https://bad.example']).at(-1), 'https://bad.example');
  assert.throws(() => urlsIn([...crowd, ...crowd, 'https://bad.example']), Unreadable);
});

test('a URL in headers that are passed on is no callback', () => {
  const carried = 'https://crm.example/1';
  const body = {
    custom_headers: [{ name: 'X-Case', value: carried }],
    endpoint: [{ uri: 'wss://a.example', headers: { url: carried } }],
    headers_url: 'https://b.example',
  };
  assert.deepEqual(urlsIn(body), ['wss://a.example', 'https://b.example']);
});
