import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rewriteJsonLinks } from './link-rewrite.ts';

const rules = {
  isLinkKey: (key: string) => key === 'url' || key === 'links' || key.endsWith('_url'),
  isVendorHost: (host: string) => host.endsWith('.vendor.example'),
  toGateway: (host: string) => `http://gateway:1/${host}`,
};
const rewrite = (body: string) => rewriteJsonLinks(body, rules);

test('links in link members point at the gateway, the rest keeps every byte', () => {
  const before =
    '{ "meta": {"next_page_url":"https://api.vendor.example/v1/x?Page=1", "page": 1.0}, "n":12345678901234567890 }';
  assert.equal(rewrite(before), before.replace('https://api', 'http://gateway:1/api'));
});

test('members below `links` are links, in objects and in arrays', () => {
  assert.equal(
    rewrite(
      '{"links":{"a":"https://a.vendor.example/1","b":["https://b.vendor.example"]},"x":"https://a.vendor.example/1"}',
    ),
    '{"links":{"a":"http://gateway:1/a.vendor.example/1","b":["http://gateway:1/b.vendor.example"]},"x":"https://a.vendor.example/1"}',
  );
});

test('text of people stays, even when it looks like a link member', () => {
  const body = JSON.stringify({
    body: '"url":"https://api.vendor.example/x"',
    text: 'https://api.vendor.example/',
  });
  assert.equal(rewrite(body), body);
});

test('other hosts, other schemes and look-alike hosts stay', () => {
  for (const url of [
    'https://customer.example/hook',
    'http://api.vendor.example/x',
    'https://api.vendor.example.evil.example/x',
    'https://api.vendor.example@evil.example/x',
    'https://api.vendor.example:8443/x',
  ])
    assert.equal(rewrite(JSON.stringify({ url, a: 'https:' })), JSON.stringify({ url, a: 'https:' }), url);
});

test('escaped slashes and escaped names are understood', () => {
  assert.equal(
    rewrite(String.raw`{"u\u0072l":"https:\/\/api.vendor.example\/x","k":"https:"}`),
    String.raw`{"u\u0072l":"http://gateway:1/api.vendor.example/x","k":"https:"}`,
  );
});

test('text that is not JSON, and nesting without end, come back as they are', () => {
  for (const body of ['{"url":"https://api.vendor.example', '<a>https://api.vendor.example</a>', 'https:'])
    assert.equal(rewrite(body), body);
  const deep = `${'{"url":'.repeat(5000)}"https://api.vendor.example"${'}'.repeat(5000)}`;
  assert.equal(rewrite(deep), deep);
});

test('any JSON stays the same JSON but for its links', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const body = `{"https:":1,"value":${json}}`;
      assert.deepEqual(JSON.parse(rewrite(body)), JSON.parse(body));
    }),
  );
});
