import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { micros } from '../kernel/money.ts';
import { createRegistry } from './accounts.ts';
import { createBill, maskAddress, type Charge } from './bill.ts';
import { createIds } from './ids.ts';

const NOW = Date.UTC(2026, 0, 15);

function start() {
  const registry = createRegistry(() => NOW);
  const accounts = [
    registry.open('twilio', 'AC1', 'USD'),
    registry.open('vonage', 'a1b2c3d4', 'EUR'),
  ] as const;
  return { accounts, registry, bill: createBill(registry.accounts, () => NOW), ids: createIds(randomBytes) };
}

const resources = fc.oneof(
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 })
    .chain((hex) => fc.constantFrom(`SM${hex}`, hex)),
  fc.uuid(),
  fc.string(),
);
const addresses = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: 1_000_000n, max: 999_999_999_999_999n }).map((number) => `+${number}`),
  fc.string({ minLength: 1 }),
);
const charges = fc.record({
  owner: fc.nat({ max: 1 }),
  resource: resources,
  item: fc.constantFrom('message.send/sms', 'call.create/voice'),
  to: addresses,
  units: fc.nat({ max: 1000 }),
  amount: fc.nat(),
  at: fc.integer({ min: NOW - 1e9, max: NOW }),
});

describe('the bill', () => {
  it('gives back every row as it was charged, and its sums are those of its rows', () => {
    fc.assert(
      fc.property(fc.array(charges, { maxLength: 50 }), (rows) => {
        const { accounts, bill } = start();
        for (const { owner, amount, ...rest } of rows)
          bill.charge({
            ...rest,
            account: accounts[owner as 0 | 1],
            amount: micros(amount),
            finalAt: rest.at + 1,
          });
        const shown = bill.rows({ plain: true });
        assert.equal(shown.length, rows.length);
        for (const [index, { owner, ...rest }] of rows.entries()) {
          const { account, resource, item, to, units, amount, at } = shown[index] ?? assert.fail();
          assert.deepEqual({ resource, item, to, units, amount, at }, rest);
          assert.equal(account, accounts[owner as 0 | 1].id);
        }
        for (const { account, amount, rows: count } of bill.totals()) {
          const own = shown.filter((row) => row.account === account);
          assert.equal(count, own.length);
          assert.equal(
            amount,
            own.reduce((sum, row) => sum + row.amount, 0),
          );
        }
      }),
    );
  });

  it('finds a charge by the linked id alone, for its own account only', () => {
    const { accounts, bill, ids } = start();
    const [own, other] = accounts;
    const charge = {
      account: own,
      item: 'message.send/sms',
      to: '+15005550106',
      units: 1,
      at: NOW,
      finalAt: NOW,
    };
    const made = Array.from({ length: 300 }, (_unused, index) => {
      const id = index % 2 === 0 ? `SM${ids.linkedHex(bill.length)}` : ids.linkedUuid(bill.length);
      bill.charge({ ...charge, resource: id, amount: micros(index) });
      return id;
    });
    for (const [index, id] of made.entries()) {
      assert.equal(bill.find(own, id)?.amount, index);
      assert.equal(bill.find(other, id), null);
      assert.equal(bill.find(own, id.replace(/^SM/, 'MM')) === null, id.startsWith('SM'));
    }
    for (let index = 0; index < 300; index++) assert.equal(bill.find(own, ids.sid('SM')), null);
  });

  it('knows which prices the vendor tells already', () => {
    const { accounts, bill } = start();
    const charge = { account: accounts[0], item: 'x', to: null, units: 1, amount: micros(1), at: NOW };
    bill.charge({ ...charge, resource: 'a', finalAt: NOW });
    bill.charge({ ...charge, resource: 'b', finalAt: NOW + 1 });
    assert.deepEqual(
      bill.rows({}).map(({ final }) => final),
      [true, false],
    );
  });

  it('counts usage by item and UTC day', () => {
    const { accounts, bill } = start();
    const charge: Charge = {
      account: accounts[0],
      resource: 'a',
      item: 'x',
      to: null,
      units: 2,
      amount: micros(5),
      at: NOW,
      finalAt: NOW,
    };
    bill.charge(charge);
    bill.charge(charge);
    bill.charge({ ...charge, at: NOW - 1 });
    assert.deepEqual(bill.usage(accounts[0]), [
      { item: 'x', day: '2026-01-15', count: 2, units: 4, amount: 10 },
      { item: 'x', day: '2026-01-14', count: 1, units: 2, amount: 5 },
    ]);
    assert.deepEqual(bill.usage(accounts[1]), []);
  });

  it('masks addresses and quotes CSV', () => {
    assert.equal(maskAddress('+15005550106'), '+1500*****06');
    assert.equal(maskAddress('someone@example.com'), 'so***');
    const { accounts, bill } = start();
    bill.charge({
      account: accounts[0],
      resource: 'a "b", c',
      item: 'x',
      to: null,
      units: 1,
      amount: micros(1),
      at: NOW,
      finalAt: NOW,
    });
    assert.ok([...bill.csv()].join('').includes('"a ""b"", c"'));
  });
});
