import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeVirtualSecret } from '../../kernel/virtual-secret.ts';
import { wire, type RequestParts } from '../../vendors/shared/wire-fixture.ts';
import { createCanaryWatch } from './watch.ts';

const use = (at: number) => ({ at, address: '192.0.2.1', vendor: 'acme' });
const [decoy = '', other = ''] = [1, 2].map((byte) =>
  makeVirtualSecret((length) => Buffer.alloc(length, byte)),
);
const index = (secret: string) => `hash of ${secret}`;
const all = [{ id: 'canary_1', index: index(decoy) }];
const bearing = (secret: string) =>
  wire('api.acme.test', { url: '/', headers: { authorization: `Bearer ${secret}` } });

test('a use is told at once, its repetitions together, and what is no canary not at all', () => {
  const told: (readonly [string, number, number])[] = [];
  const watch = createCanaryWatch(index, (canary, { at }, count) => void told.push([canary, at, count]));
  watch.check(bearing(decoy), use(0));
  watch.configure(all);
  watch.check(bearing(other), use(1));
  for (let at = 2; at < 1002; at++) watch.check(bearing(decoy), use(at));
  assert.deepEqual(told, [['canary_1', 2, 1]]);
  watch.flush();
  watch.flush();
  assert.deepEqual(told.slice(1), [['canary_1', 1001, 999]]);
  watch.check(bearing(decoy), use(2000));
  assert.deepEqual(told.at(-1), ['canary_1', 2000, 1]);
  watch.check(bearing(decoy), use(2001));
  watch.flush();
  assert.deepEqual(told.at(-1), ['canary_1', 2001, 1], 'also a single one');
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PLACES: Readonly<Record<string, RequestParts>> = {
  'a password': { url: '/', headers: { authorization: `Basic ${base64(`AC1:${decoy}`)}` } },
  'a password with a line end': { url: '/', headers: { authorization: `Basic ${base64(`AC1:${decoy}\n`)}` } },
  'a user': { url: '/', headers: { authorization: `basic  ${base64(`KEY${decoy}:`)}` } },
  'a token': { url: '/', headers: { authorization: `Bearer  KEY${decoy} ` } },
  'no scheme': { url: '/', headers: { authorization: decoy } },
  'another header': { url: '/', headers: { 'x-api-key': `"${decoy}"` } },
  'the path': { url: `/bot${decoy}/send` },
  'the query': { url: `/?secret=${decoy}` },
  'the query, escaped': { url: `/?secret=%72%66${decoy.slice(2)}%0A` },
  'a form': { url: '/', form: { secret: ` ${decoy}` } },
  JSON: { url: '/', json: { nested: [{ secret: decoy }] } },
  'query and body': { url: `/?secret=${decoy}`, json: { secret: decoy } },
};

for (const [place, parts] of Object.entries(PLACES))
  test(`a canary counts once where it stands as or in ${place}`, () => {
    const told: number[] = [];
    const watch = createCanaryWatch(index, (_canary, _use, count) => void told.push(count));
    watch.configure(all);
    watch.check(wire('api.acme.test', parts), use(0));
    watch.flush();
    assert.deepEqual(told, [1]);
  });

test('a stranger who sends much has little of it looked at', () => {
  let hashes = 0;
  const count = (secret: string) => `${(hashes += 1)} ${secret}`;
  const watch = createCanaryWatch(count, () => {});
  watch.configure([{ id: 'c1', index: 'of a decoy' }]);
  const many = Array.from({ length: 200 }, (_, byte) =>
    makeVirtualSecret((n) => Buffer.alloc(n, byte % 248)),
  );
  watch.check(wire('api.acme.test', { url: '/', json: [many.join(' '), 'rfv'.repeat(300_000)] }), use(0));
  assert.equal(hashes, 8);
  watch.configure([]);
  watch.check(wire('api.acme.test', { url: '/', json: many }), use(0));
  assert.equal(hashes, 8, 'nothing where there is no decoy');
});
