import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldOf, MAX_JSON_BYTES, readJsonObject, textOf } from './json-body.ts';

const read = (text: string) => readJsonObject(Buffer.from(text));
const problem = (text: string) => {
  const reading = read(text);
  assert.ok(!reading.ok, text);
  return reading.problem;
};

test('an object is read as JSON.parse reads it', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));
  fc.assert(
    fc.property(object, (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(read(text), { ok: true, value: JSON.parse(text) });
    }),
  );
});

test('never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readJsonObject(Buffer.from(bytes))));
  fc.assert(fc.property(fc.string(), (text) => void read(text)));
});

test('a name that stands twice in one object is refused, since parsers disagree on which value counts', () => {
  assert.match(problem('{"to":"+1","to":"+2"}'), /twice/);
  assert.match(problem('{"a":[{"to":1,"\\u0074o":2}]}'), /twice/);
  assert.match(problem('{"__proto__":1,"__proto__":2}'), /twice/);
  assert.ok(read('{"a":{"to":1},"b":{"to":"x:{}:"}}').ok);
});

test('a number that may be one of a phone has the digits that everybody reads', () => {
  for (const to of ['15005550006.0', '1.5005550006e10', '1.5005550006E+10', '0.15005550006e11'])
    for (const body of [`{"to":${to}}`, `{"a":[{"to":${' '.repeat(200)}${to}}]}`]) {
      assert.match(problem(body), /digits/, body);
    }
  const fine = '{"to":15005550006,"temperature":1.0,"share":0.25,"tiny":1e-7,"on":true,"text":"1.0e9"}';
  assert.ok(read(fine).ok);
  assert.ok(read('{"timeout_millis":60000.0}').ok);
});

test('a name that C ends at its NUL is refused; the protobuf of Python, Ruby and PHP takes it for the field', () => {
  for (const body of ['{"to":"a","to\\u0000":"b"}', '{"x":[{"to\\u0000y":"b"}]}'])
    assert.ok(!readJsonObject(Buffer.from(body)).ok, body);
  assert.ok(readJsonObject(Buffer.from('{"text":"a\\u0000b","path":"\\\\u0000"}')).ok);
});

test('100,000 levels are refused after looking at 65 of them', () => {
  const deep = Buffer.from('{"a":'.repeat(100_000));
  const start = process.cpuUsage();
  for (let round = 0; round < 1000; round++) {
    const reading = readJsonObject(deep);
    assert.ok(!reading.ok && /64 levels/.test(reading.problem));
  }
  assert.ok(process.cpuUsage(start).user < 1_000_000, 'a deep body costs less than a millisecond');
  assert.match(problem('['.repeat(100_000)), /64 levels/);
  assert.ok(read(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`).ok);
  assert.match(problem(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`), /64 levels/);
});

test('tens of thousands of fields or values are refused before they are read, and a long list of numbers is not', () => {
  const fields = Object.fromEntries(Array.from({ length: 80_000 }, (_, index) => [`k${index}`, 1]));
  for (const many of [fields, { inner: fields }, { list: Array.from({ length: 80_000 }, () => ({})) }]) {
    const reading = readJsonObject(Buffer.from(JSON.stringify(many)));
    assert.ok(!reading.ok && /too many fields/.test(reading.problem));
  }
  const to = Array.from({ length: 40_000 }, () => '+14155550100, {"a":1}');
  assert.ok(readJsonObject(Buffer.from(JSON.stringify({ to }))).ok);
});

test('depth counts what is open, not what was closed', () => {
  assert.ok(read(`{"a":[${'{"b":[1]},'.repeat(500)}{}]}`).ok);
});

test('other things than an object are told apart', () => {
  assert.match(problem(''), /not valid JSON/);
  assert.match(problem('{"to":'), /not valid JSON/);
  assert.match(problem('[]'), /must be a JSON object/);
  assert.match(problem('null'), /must be a JSON object/);
  assert.match(problem('"x"'), /must be a JSON object/);
  assert.ok(!readJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).ok, 'invalid UTF-8');
  assert.match(problem(`{"a":"${'x'.repeat(MAX_JSON_BYTES)}"}`), /larger than/);
});

test('only own members of an object are its fields, and only text and whole numbers have a text', () => {
  const reading = read('{"to":15005550006,"n":null,"f":1.5}');
  assert.ok(reading.ok);
  assert.equal(fieldOf(reading.value, 'constructor'), undefined);
  assert.equal(textOf(fieldOf(reading.value, 'to')), '15005550006');
  assert.equal(textOf(fieldOf(reading.value, 'f')), null);
  assert.equal(textOf(fieldOf(reading.value, 'n')), null);
});
