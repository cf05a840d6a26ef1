import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenerUrl } from './listener-url.ts';

test('a listener on an IPv6 address has a URL that can be read', () => {
  assert.equal(listenerUrl({ host: '::1', port: 4611 }), 'http://[::1]:4611');
  assert.equal(new URL(listenerUrl({ host: '::', port: 4612 }, 'https')).hostname, '[::]');
  assert.equal(listenerUrl({ host: 'gateway.internal', port: 4611 }), 'http://gateway.internal:4611');
});
