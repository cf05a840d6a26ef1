import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, at, moneyOf, objectsAt, settleByStatus, textAt } from './answer.ts';

test('prices are exact, never negative, and rounded up', () => {
  assert.deepEqual(moneyOf('0.00720000', 'EUR'), { amount: 7200, currency: 'EUR' });
  assert.deepEqual(moneyOf(0.0051, 'usd'), { amount: 5100, currency: 'USD' });
  assert.deepEqual(moneyOf('0.0000001', 'EUR'), { amount: 1, currency: 'EUR' });
  assert.deepEqual(moneyOf(0.000_000_1, 'EUR'), { amount: 1, currency: 'EUR' });
  assert.deepEqual(moneyOf(0, 'EUR'), { amount: 0, currency: 'EUR' });
  for (const amount of ['-0.01', -1, '1e3', '', 'free', null, {}, Number.NaN, '99999999999'])
    assert.equal(moneyOf(amount as never, 'EUR'), null, JSON.stringify(amount));
  for (const currency of ['', 'EURO', '€', null]) assert.equal(moneyOf('1', currency as never), null);
});

test('a status says rejected, unknown, or nothing yet', () => {
  const outcome = (status: number) => settleByStatus(status)?.outcome ?? 'read on';
  assert.deepEqual([200, 202, 299].map(outcome), Array(3).fill('read on'));
  assert.deepEqual([400, 404, 429, 498].map(outcome), Array(4).fill('rejected'));
  assert.deepEqual([100, 301, 406, 408, 499, 500, 503].map(outcome), Array(7).fill('unknown'));
});

test('an answer keeps at most 100 resource ids, and none that is empty, long or no text', () => {
  const ids = ['a', null, '', 'x'.repeat(257), ...Array.from({ length: 200 }, (_, place) => `${place}`)];
  assert.equal(accepted(null, ids).resourceIds.length, 100);
  assert.equal(accepted(null, ids).resourceIds[1], '0');
});

test('an answer is read only where it has the form', () => {
  const answer = { data: { id: 'x', list: [1, { a: 1 }, null] }, n: 5 };
  assert.equal(textAt(at(answer, 'data'), 'id'), 'x');
  assert.equal(textAt(at(answer, 'data', 'id'), 'x'), null);
  assert.equal(textAt(answer, 'n'), null);
  assert.equal(at(answer, 'constructor'), null);
  assert.deepEqual(objectsAt(at(answer, 'data'), 'list'), [{ a: 1 }]);
  assert.deepEqual(objectsAt(null, 'list'), []);
});
