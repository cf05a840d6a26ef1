import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  firstRepeated,
  formParameters,
  formValue,
  formValues,
  MAX_PARAMETER_BYTES,
  MAX_PARAMETERS,
  parseForm,
  patchForm,
  type Form,
} from './form.ts';

const entry = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }));

function read(text: string | Buffer): Form {
  const form = parseForm(typeof text === 'string' ? Buffer.from(text) : text);
  assert.equal(form.kind, 'form', 'problem' in form ? form.problem : '');
  return form;
}

function problemOf(text: string | Buffer): string | null {
  const form = parseForm(typeof text === 'string' ? Buffer.from(text) : text);
  return form.kind === 'malformed' ? form.problem : null;
}

test('a form keeps order, repeated names, empty values and names without value', () => {
  assert.deepEqual(read('a=1&b=&a=2&c&&d=x%3Dy=z').entries, [
    ['a', '1'],
    ['b', ''],
    ['a', '2'],
    ['c', ''],
    ['d', 'x=y=z'],
  ]);
  assert.deepEqual(read('').entries, []);
});

test('both ways to write a space and UTF-8 are decoded, raw or encoded', () => {
  const form = read('a=Hi+there%20%C3%BC&b=ü');
  assert.equal(formValue(form, 'a'), 'Hi there ü');
  assert.equal(formValue(form, 'b'), 'ü');
});

test('whatever URLSearchParams writes is read back the same', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
      assert.deepEqual(read(new URLSearchParams(entries).toString()).entries, entries.map(toWellFormed));
    }),
  );
});

function toWellFormed([name, value]: readonly [string, string]): [string, string] {
  return [name.toWellFormed(), value.toWellFormed()];
}

test('a form that two parsers could read differently is malformed', () => {
  for (const text of ['a=%zz', 'a=%C3', 'a=%', '%ff=1', 'a=1;b=2']) assert.ok(problemOf(text), text);
  assert.match(problemOf(Buffer.from([0x61, 0x3d, 0xff])) ?? '', /UTF-8/);
});

test('more parameters or longer ones than the caps are malformed', () => {
  const many = (count: number) => Array.from({ length: count }, () => 'a=1').join('&');
  assert.equal(problemOf(many(MAX_PARAMETERS)), null);
  assert.match(problemOf(many(MAX_PARAMETERS + 1)) ?? '', /more than 200/);
  assert.equal(problemOf(`a=${'x'.repeat(MAX_PARAMETER_BYTES - 2)}`), null);
  assert.match(problemOf(`a=${'x'.repeat(MAX_PARAMETER_BYTES - 1)}`) ?? '', /longer/);
});

test('a name that stands twice is found, also when only its case differs', () => {
  const repeatable = new Set(['MediaUrl']);
  assert.equal(firstRepeated(read('To=1&MediaUrl=a&MediaUrl=b'), repeatable), null);
  assert.equal(firstRepeated(read('To=1&From=2&To=1'), repeatable), 'To');
  assert.equal(firstRepeated(read('To=1&to=2'), repeatable), 'to');
  assert.equal(firstRepeated(read('MediaUrl=1&mediaurl=2'), repeatable), 'mediaurl');
});

test('values of a repeated parameter are all seen', () => {
  const form = read('MediaUrl=a&To=1&MediaUrl=b');
  assert.deepEqual(formValues(form, 'MediaUrl'), ['a', 'b']);
  assert.equal(formParameters(form).get('MediaUrl'), 'a\nb');
});

test('a patch replaces in place, appends what is absent, drops further ones and keeps all other bytes', () => {
  const patched = (text: string, name: string, value: string | null) =>
    patchForm(Buffer.from(text), name, value).toString();
  assert.equal(patched('a=+x&T=1&b=%7E', 'T', '60 s'), 'a=+x&T=60%20s&b=%7E');
  assert.equal(patched('a=1', 'T', '60'), 'a=1&T=60');
  assert.equal(patched('', 'T', '60'), 'T=60');
  assert.equal(patched('T=1&a=ü&%54=2', 'T', '3'), 'T=3&a=ü');
  assert.equal(patched('T=1&a=1&T=2', 'T', null), 'a=1');
});

test('a patched form always has exactly that value once', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 10 }), entry, (entries, [name, value]) => {
      const body = Buffer.from(
        new URLSearchParams([...entries, [name, 'before'], [name, 'twice']]).toString(),
      );
      const wellFormed = [name, value].map((text) => text.toWellFormed()) as [string, string];
      const form = read(patchForm(body, ...wellFormed));
      assert.deepEqual(formValues(form, wellFormed[0]), [wellFormed[1]]);
    }),
  );
});
