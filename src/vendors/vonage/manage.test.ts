import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import { answer, openAccount } from '../shared/wire-fixture.ts';
import { management } from './manage.ts';

const FIELDS = { apiKey: 'a1b2c3d4', applicationId: 'app' };
const rotation = management.rotations['apiSecret'];
assert.ok(rotation !== undefined);
const account = openAccount(FIELDS, { apiSecret: 'OldSecret1234567' });

test('a new secret is chosen by the rules of the vendor and made beside the old one', () => {
  const chosen = rotation.choose?.(new Secret('abcdefghijklmnopqrstuvwxyzABCDEF')) ?? {};
  const create = rotation.create(account, 'label', chosen);
  const { secret } = JSON.parse(create?.body.toString() ?? '');
  assert.match(secret, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{8,25}$/);
  assert.deepEqual([create?.method, create?.path], ['POST', '/accounts/a1b2c3d4/secrets']);
  assert.match(create?.headers['authorization'] ?? '', /^Basic /);
  assert.equal(rotation.readCreated(answer(201, { id: 's2', created_at: 'x' }))?.id, 's2');
  assert.equal(rotation.readCreated(answer(403, { id: 's2' })), null);
  assert.match(rotation.explain(403) ?? '', /two secrets already/);
});

test('the one secret that was there before is retired; with two nobody can tell which', () => {
  const retire = rotation.retire(account, { fields: FIELDS, known: ['s1'] });
  assert.deepEqual([retire?.method, retire?.path], ['DELETE', '/accounts/a1b2c3d4/secrets/s1']);
  assert.equal(rotation.retire(account, { fields: FIELDS, known: ['s1', 's0'] }), null);
  assert.equal(rotation.retire(account, { fields: FIELDS, known: [] }), null);
  const listed = rotation.list?.read(answer(200, { _embedded: { secrets: [{ id: 's1' }, { id: 's2' }] } }));
  assert.deepEqual(
    listed?.map(({ id }) => id),
    ['s1', 's2'],
  );
  assert.equal(rotation.list?.read(answer(401, {})), null);
});

test('the key of an application cannot be changed without a gap, which the guide says', () => {
  assert.match(management.guides['privateKey']?.[0] ?? '', /old one ends in the moment/);
});
