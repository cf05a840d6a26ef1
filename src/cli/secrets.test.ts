import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValues, type VendorInfo } from './secrets.ts';

const field = (name: string, secret: boolean) => ({ name, label: name, secret, required: true, problem: '' });
const vendor = {
  id: 'acme',
  fields: [field('sid', false), field('token', true), field('key', true)],
} as unknown as VendorInfo;

test('secrets are read as JSON, one a line in the order of the fields, or as one PEM file', () => {
  assert.deepEqual(parseValues(vendor, '{"sid":"AC1","token":"t"}'), { sid: 'AC1', token: 't' });
  assert.deepEqual(parseValues(vendor, 'one\r\ntwo\n'), { token: 'one', key: 'two' });
  const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
  assert.deepEqual(parseValues(vendor, `${pem}\n`), { token: pem });
});

test('a PEM file is the private key, wherever among the secrets that stands', () => {
  const fields = [field('secret', true), field('privateKey', true)];
  const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
  assert.deepEqual(parseValues({ ...vendor, fields }, pem), { privateKey: pem });
});

test('secrets of another form are refused, without repeating them', () => {
  for (const input of ['a\nb\nhunter2', '{"token":hunter2}', '{"token":["hunter2"]}'])
    assert.throws(
      () => parseValues(vendor, input),
      (error: Error) => !error.message.includes('hunter2'),
    );
});
