import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskAddress, normalisePhone } from './phone.ts';

test('reads an international number however it is written', () => {
  for (const text of [
    '+4915112345678',
    '+49 151 12345678',
    '+49-151-1234.5678',
    '+49(151)12345678',
    '(+49) 151 12345678',
    '00 49 151 12345678',
  ])
    assert.equal(normalisePhone(text), '+4915112345678', text);
});

test('digits without a prefix are a number only where the vendor reads them so', () => {
  assert.equal(normalisePhone('4915112345678'), null);
  assert.equal(normalisePhone('4915112345678', { international: false }), null);
  assert.equal(normalisePhone('49 151 12345678', { international: true }), '+4915112345678');
  assert.equal(
    normalisePhone('015112345678', { international: true }),
    null,
    'a trunk prefix is not international',
  );
});

test('refuses what is not one number of 5 to 15 digits', () => {
  for (const text of [
    '',
    '+',
    '+1234',
    '+1234567890123456',
    '+0123456',
    '++4915112345678',
    '+49+15112345678',
    '+49151x123',
    '+49151,+49152',
    '0049',
    '000491511234567',
    '+٤٩١٥١١٢٣٤٥٦',
    '+49\n15112345678',
    '+4915112345678\n',
  ])
    assert.equal(normalisePhone(text, { international: true }), null, JSON.stringify(text));
  assert.equal(normalisePhone(`+49${' '.repeat(30)}15112345678`), null, 'longer than 32 characters');
});

test('a normalised number is E.164, keeps every digit, and is unchanged when normalised again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'+0123456789 .-()x'), maxLength: 40 }),
      fc.boolean(),
      (text, international) => {
        const phone = normalisePhone(text, { international });
        if (phone === null) return;
        assert.match(phone, /^\+[1-9]\d{4,14}$/);
        assert.equal(normalisePhone(phone), phone);
        assert.equal(text.replaceAll(/\D/g, '').replace(/^00/, ''), phone.slice(1));
      },
    ),
    { numRuns: 2000 },
  );
});

test('masks a phone down to its calling code and last two digits', () => {
  assert.equal(maskAddress('+491511234567'), '+49********67');
  assert.equal(maskAddress('+12025550123'), '+1********23');
  assert.equal(maskAddress('+35312345678'), '+353******78');
  assert.equal(maskAddress('4915112345678'), '***********78');
  assert.equal(maskAddress('whatsapp:+12025550123'), 'whatsapp:+1********23');
  assert.equal(maskAddress('12345'), '*****');
  assert.equal(maskAddress('+49'), '+49');
});

test('masks other addresses to a first letter and the host', () => {
  assert.equal(maskAddress('alice@example.org'), 'a***@example.org');
  assert.equal(maskAddress('sip:alice@example.org:5061'), 'sip:a***@example.org:5061');
  assert.equal(maskAddress('sip:+12025550123@example.org'), 'sip:+1********23@example.org');
  assert.equal(maskAddress('client:alice'), 'client:a***');
  assert.equal(maskAddress('ACME'), 'A***');
  assert.equal(maskAddress(''), '***');
  assert.equal(maskAddress('Al\r\nice@x y'), 'A***');
});

test('never shows more than six digits of a number, whatever is around it', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^\d{8,15}$/),
      fc.constantFrom('', '+', 'sip:', 'sip:+', 'tel:+', '\n+', ' +', '+1 '),
      fc.constantFrom('', '@a.example', ' ', '\n', ';x=1', ','),
      (digits, before, after) => {
        const seen = maskAddress(before + digits + after).replaceAll(/\D/g, '');
        assert.ok(seen.length <= 5, `${before}${digits}${after} shows ${seen}`);
      },
    ),
  );
});
