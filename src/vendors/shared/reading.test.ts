import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Operation } from '../wire.ts';
import { readPairs, writePairs } from './pairs.ts';
import {
  checkPlain,
  createNameCheck,
  isOn,
  listOf,
  optionalWhole,
  parametersOf,
  phoneOf,
  readingOf,
  requireText,
  sipOf,
  Unreadable,
} from './reading.ts';
import { plan, wire } from './wire-fixture.ts';

const operation = { id: 'x', vendor: 'v', effects: ['spend'] } as unknown as Operation;

test('what cannot be read is malformed; a mistake of ours stays an exception', () => {
  const no = readingOf(operation, () => {
    throw new Unreadable('`to` is missing.');
  });
  assert.deepEqual(no, { kind: 'malformed', problem: '`to` is missing.' });
  assert.throws(
    () =>
      readingOf(operation, () => {
        throw new TypeError('bug');
      }),
    TypeError,
  );
  const yes = readingOf(operation, () => ({ sender: 'me' }));
  assert.ok(yes.kind === 'intent' && yes.intent.sender === 'me' && yes.intent.action === 'other');
  assert.deepEqual(yes.kind === 'intent' && yes.intent.effects, ['spend']);
});

test('a number whose + a form turned into a space is refused with the way to send it', () => {
  const to = new URLSearchParams('To=+15005550006').get('To') ?? '';
  assert.throws(() => phoneOf(to, 'To', plan), {
    message: /^`To` must be a phone number .* Its \+ became a space: in a form it is written %2B/,
  });
  assert.throws(() => phoneOf('5005550006', 'To', plan), { message: /such as \+15005550006\.$/ });
});

test('a field that is spelled almost like a known one is refused', () => {
  const check = createNameCheck(['time_limit', 'to']);
  check({ time_limit: 1, to: 'x', other: 1 });
  for (const name of ['timeLimit', 'time-limit', 'TIME_LIMIT', 'To', 't_o'])
    assert.throws(() => check({ [name]: 1 }), Unreadable, name);
});

test('types are not guessed', () => {
  assert.equal(requireText({ a: 5 }, 'a'), '5');
  for (const a of [null, '', 1.5, true, {}, []]) assert.throws(() => requireText({ a }, 'a'), Unreadable);
  assert.equal(optionalWhole({ a: '60' }, 'a', [1, 60]), 60);
  for (const a of [0, 61, '1e1', '-1', ' 5', '0x10', 1.5])
    assert.throws(() => optionalWhole({ a }, 'a', [1, 60]), Unreadable);
  assert.throws(() => listOf({ a: 'x' }, 'a'), Unreadable);
  assert.throws(() => listOf({ a: Array(1001).fill(1) }, 'a'), Unreadable);
  assert.deepEqual(
    [undefined, null, false, 'false', '', true, 'true', 0, {}].map((a) =>
      isOn(a === undefined ? {} : { a }, 'a'),
    ),
    [false, false, false, false, false, true, true, true, true],
  );
  assert.throws(() => requireText({}, 'constructor'), Unreadable, 'inherited names are no fields');
});

test('parameters are flat, outer levels first, at most 200', () => {
  const nested = { to: [{ number: '1' }], deep: { a: { b: true } }, last: null };
  assert.deepEqual(
    [...parametersOf(nested)],
    [
      ['last', 'null'],
      ['to.0.number', '1'],
      ['deep.a.b', 'true'],
    ],
  );
  const long = 'k'.repeat(1000);
  assert.deepEqual(
    [...parametersOf({ [long]: { inner: 1 }, a: { [long]: { inner: 1 }, b: 2 } }).keys()],
    ['a.b'],
  );
  const wide = { first: Array.from({ length: 5000 }, (_, place) => ({ place })), switch: 'off' };
  const found = parametersOf(wide);
  assert.ok(found.size <= 200 && found.get('switch') === 'off');
  assert.equal(parametersOf({ a: 'x'.repeat(10_000) }).get('a')?.length, 4096);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 20 }), (value) => {
      assert.ok(parametersOf(JSON.parse(JSON.stringify(value))).size <= 200);
    }),
  );
});

test('a SIP user counts as a phone only where a number is dialled', () => {
  const at = (address: string) => sipOf(address, 'to', { plan, dialsOut: /^pstn\.example$/ });
  for (const address of [
    'sip:+447700900000@pstn.example',
    'sips:447700900000@PSTN.example:5061;x=y',
    'sip:+447700900000;phone-context=a@pstn.example',
    'sip:%2B44%2D7700%2d900000@pstn.example',
    'sip:%2b447700900000%3Bx@pstn.example.',
    'sip:44.7700.900000@pstn.example',
  ])
    assert.deepEqual([at(address).kind, at(address).address], ['phone', '+447700900000'], address);
  assert.equal(at('sip:447700900000@office.example').kind, 'sip');
  for (const user of ['anna', '1001', '+x']) assert.equal(at(`sip:${user}@pstn.example`).kind, 'sip', user);
  for (const user of ['00447700900000', '0900123456', '+0900123456', '%2'])
    assert.throws(() => at(`sip:${user}@pstn.example`), Unreadable, user);
  assert.throws(() => at('+447700900000'), Unreadable);
});

test('compression and overridden methods are refused', () => {
  const plain = wire('h', { url: '/', headers: { 'content-encoding': 'identity' } });
  assert.doesNotThrow(() => checkPlain(plain));
  for (const headers of [{ 'content-encoding': 'br' }, { 'x-http-method-override': 'PUT' }])
    assert.throws(() => checkPlain({ ...plain, headers }), Unreadable);
});

test('a body is taken in UTF-8 only, since the vendor may read it in the charset that its label names', () => {
  const labelled = (type: string) =>
    wire('h', { url: '/', form: { a: 'b' }, headers: { 'content-type': type } });
  const form = 'application/x-www-form-urlencoded';
  for (const charset of [
    '',
    '; charset=utf-8',
    ';charset="UTF-8"',
    '; charset=utf8; q=1',
    '; charset=us-ascii',
  ])
    assert.doesNotThrow(() => checkPlain(labelled(form + charset)), charset);
  for (const charset of [
    'utf-16',
    'IBM037',
    'iso-8859-1',
    'utf-8; charset=utf-16',
    '"utf-16"',
    "utf-16'",
    '',
  ])
    assert.throws(() => checkPlain(labelled(`${form}; charset=${charset}`)), Unreadable, charset);
});

test('pairs are read back as they were written, and no name stands twice', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name.toLowerCase(), maxLength: 20 }),
      (pairs) => {
        const map = new Map(pairs.filter(([name]) => name !== ''));
        assert.deepEqual(readPairs(writePairs(map)), { ok: true, value: map });
      },
    ),
  );
  for (const bad of ['a=1&a=2', 'a=1&A=2', 'a=%', 'a=%ff', '%61=1&a=2']) assert.ok(!readPairs(bad).ok, bad);
});
