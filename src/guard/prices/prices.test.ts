import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js';
import { formatMicros, micros } from '../../kernel/money.ts';
import type { PhoneFacts } from '../../kernel/numbering/facts.ts';
import type { PriceRecord } from '../../store/records.ts';
import { message, messageTo, phone, somebody } from '../intents-fixture.ts';
import { bandCodes } from './band-countries.ts';
import { defaultPrices } from './default-prices.ts';
import { isItem } from './items.ts';
import { createPriceBook } from './price-book.ts';
import { createOnceCheck, readPriceFile } from './read-price-file.ts';

const row = (item: string, prefix: string, amount: number, more: Partial<PriceRecord> = {}): PriceRecord => ({
  vendor: 'acme',
  account: null,
  item,
  prefix,
  amount: micros(amount),
  currency: 'USD',
  unit: 'each',
  increment: 60,
  from: 0,
  kind: 'price',
  ...more,
});

function bound(rows: readonly PriceRecord[], intent = message, seconds = 60, now = 1000): string {
  const step = createPriceBook(rows).bound(intent, somebody, seconds, now);
  if (!step.ok) return step.refusal.message;
  return step.value === null
    ? 'free'
    : `${formatMicros(step.value.money.amount)} ${step.value.money.currency}`;
}

const bands = defaultPrices({ vendor: 'acme', account: null, currency: 'USD' });

describe('price book', () => {
  const sms = row('message.send/sms', '', 100_000, { unit: 'segment' });

  it('takes the longest prefix', () => {
    assert.equal(
      bound([sms, row('message.send/sms', '49', 80_000), row('message.send/sms', '4915', 90_000)]),
      '0.09 USD',
    );
  });

  it('multiplies by segments and recipients', () => {
    const intent = messageTo([phone('+491521'), phone('+491522')], {
      content: { segments: 3, encoding: 'ucs2', media: 0, text: '' },
    });
    assert.equal(bound([sms], intent), '0.60 USD');
  });

  it('prices what a command starts in a running call as in one that is dialled', () => {
    const answer = messageTo([], {
      action: 'other',
      effects: ['spend'],
      channel: 'voice',
      operation: 'calls.actions.answer',
      extras: ['recording'],
    });
    const rows = [row('other', '', 10_000), row('call.recording', '', 2_000, { unit: 'minute' })];
    assert.equal(bound(rows, answer, 600), '0.03 USD');
    assert.match(bound([row('other', '', 10_000)], answer, 600), /call\.recording/);
  });

  it('prices an order for as many as it is for', () => {
    const order = messageTo([], { action: 'other', operation: 'simCardOrders.create', quantity: 500 });
    assert.equal(bound([row('other/simCardOrders.create', '', 3_000_000)], order), '1500.00 USD');
    const step = createPriceBook([row('other', '', 1)]).bound(order, somebody, 60, 1000);
    assert.ok(step.ok && step.value?.count === 500);
  });

  it('prices a fallback without a price of its own as a message in that channel', () => {
    const picture = messageTo([phone('+4915215551234')], { channel: 'mms', extras: ['failover_sms'] });
    const stated = [row('message.send/mms', '', 200_000), sms];
    assert.equal(bound(stated, picture), '0.30 USD');
    assert.equal(bound([...bands, ...stated], picture), '0.30 USD');
    const own = row('message.failover_sms', '', 50_000, { unit: 'segment' });
    assert.equal(bound([...bands, ...stated, own], picture), '0.25 USD');
    assert.equal(bound(bands, picture), '0.95 USD');
  });

  it('counts every started step of a call', () => {
    const call = messageTo([phone('+491521')], { action: 'call.create', channel: 'voice', content: null });
    const minute = row('call.create/voice', '', 10_000, { unit: 'minute' });
    assert.equal(bound([minute], call, 61), '0.02 USD');
    assert.equal(bound([{ ...minute, increment: 1 }], call, 61), '0.010167 USD');
  });

  it('adds further parts, and prices a leg to nobody knows where by the row without prefix', () => {
    const call = messageTo([phone('+491521')], { action: 'call.create', channel: 'voice', extras: ['leg'] });
    const rows = [
      row('call.create/voice', '', 10_000, { unit: 'minute' }),
      row('call.leg', '', 500_000, { unit: 'minute' }),
      row('call.leg', '49', 1, { unit: 'minute' }),
    ];
    assert.equal(bound(rows, call), '0.51 USD');
  });

  it('prefers stated prices to ceilings and those to bands', () => {
    const ceiling = row('message.send/sms', '49', 300_000, { kind: 'ceiling' });
    assert.equal(bound([ceiling, sms, ...bands]), '0.10 USD');
    assert.equal(bound([ceiling, ...bands]), '0.30 USD');
    assert.equal(bound(bands), '0.20 USD');
  });

  it('uses the row that is in force now', () => {
    const rows = [
      row('message.send/sms', '', 1_000_000, { from: 500 }),
      row('message.send/sms', '', 2_000_000, { from: 2000 }),
    ];
    assert.equal(bound(rows), '1.00 USD');
    assert.equal(bound(rows, message, 60, 2000), '2.00 USD');
  });

  it('refuses what has no price', () => {
    assert.match(bound([]), /No price is known for message.send\/sms to DE/);
    assert.match(
      bound([row('other', '', 1)], messageTo([], { action: 'other', effects: ['indirect'] })),
      /No price is known for indirect/,
    );
  });

  it('charges the check of a verification where it has a price for it, for this account', () => {
    const check = messageTo([], { action: 'verify.check', effects: ['write'], content: null });
    assert.equal(bound([], check), 'free');
    assert.equal(bound([row('verify.check', '', 50_000)], check), '0.05 USD');
    assert.equal(bound([row('verify.check', '', 50_000, { account: 'account_2' })], check), 'free');
    const german = [row('verify.check', '49', 50_000)];
    const of = (address: string) => ({
      ...check,
      destinations: [phone(address, { country: address.startsWith('+33') ? 'FR' : 'DE' })],
    });
    assert.equal(bound(german, of('+4915215551234')), '0.05 USD');
    assert.equal(
      bound(german, of('+33612345678')),
      'No price is known for verify.check to FR, so its cost has no bound.',
    );
    assert.equal(bound(german, check), 'No price is known for verify.check, so its cost has no bound.');
    assert.equal(bound([row('verify.check', '49', 50_000, { from: 2000 })], check), 'free');
  });

  it('finds that reading is free', () => {
    assert.equal(bound([], messageTo([], { action: 'other', effects: ['read'] })), 'free');
  });
});

describe('a request with many parts', () => {
  it('costs all of them, and is priced at once', () => {
    const rows = [
      row('message.send/sms', '', 10),
      row('message.failover_sms', '', 3),
      row('message.x', '', 1),
    ];
    const destinations = Array.from({ length: 1000 }, (_, last) => phone(`+4915215551${last}`));
    const extras = Array.from({ length: 1000 }, (_, place) => (place < 999 ? 'failover_sms' : 'x'));
    const start = process.cpuUsage();
    assert.match(bound(rows, messageTo(destinations, { extras })), /^3\.008/);
    assert.ok(process.cpuUsage(start).user < 500_000);
  });
});

describe('coarse bands', () => {
  const sms = (address: string, facts: Partial<PhoneFacts> = {}) =>
    bound(bands, messageTo([phone(address, facts)]));
  const call = (address: string, facts: Partial<PhoneFacts> = {}) =>
    bound(
      bands,
      messageTo([phone(address, facts)], { action: 'call.create', channel: 'voice', content: null }),
    );

  it('know four classes of destinations', () => {
    assert.deepEqual(
      [sms('+12025550123'), sms('+4915215551234'), sms('+923001234567'), sms('+870773111632')],
      ['0.05 USD', '0.20 USD', '1.00 USD', '2.00 USD'],
    );
    assert.deepEqual(
      [call('+12025550123'), call('+4915215551234'), call('+923001234567'), call('+870773111632')],
      ['0.10 USD', '0.60 USD', '5.00 USD', '15.00 USD'],
    );
    assert.equal(call('+37061234567'), '5.00 USD', 'dear for calls only');
    assert.equal(sms('+37061234567'), '0.20 USD');
    assert.equal(call('+18765550123'), '5.00 USD', 'Jamaica looks like the United States');
  });

  it('take a premium or satellite number for the dearest, in whichever country it is', () => {
    assert.equal(call('+4990012345', { premium: true }), '15.00 USD');
    assert.equal(sms('+19005550123', { premium: true }), '2.00 USD');
    assert.equal(call('+88163111632', { satellite: true }), '15.00 USD');
  });

  it('have a class of its own for every calling code that is in use', () => {
    const listed = new Set(bandCodes(false).map(([code]) => code));
    const unlisted = getCountries()
      .map((country) => getCountryCallingCode(country))
      .filter((code) => !listed.has(code));
    assert.deepEqual([...new Set(unlisted)], []);
    const all = bandCodes(true).map(([code]) => code);
    assert.equal(new Set(all).size, all.length, 'and only one');
  });

  it('never bound a destination below the class around it, but for cheap countries within dear surroundings', () => {
    for (const { item, prefix, amount } of bands) {
      const whole = bands.find((one) => one.item === item && one.prefix === '');
      assert.ok(whole !== undefined && amount <= whole.amount, `${item} ${prefix}`);
    }
  });

  it('stand in for lookup packages that have no row of their own', () => {
    const lookup = (extra: string) =>
      bound(
        bands,
        messageTo([phone('+4915215551234')], { action: 'lookup', content: null, extras: [extra] }),
      );
    assert.equal(lookup('carrier'), '0.04 USD');
    assert.equal(lookup('something_new'), '0.32 USD');
  });

  it('leave what nobody can know refused', () => {
    const spend = messageTo([], { action: 'other', effects: ['spend'], operation: 'TopUp' });
    assert.match(bound(bands, spend), /No price is known for other\/TopUp/);
  });

  it('exist in the currencies that the figures fit', () => {
    for (const currency of ['USD', 'EUR'])
      assert.ok(
        defaultPrices({ vendor: 'acme', account: null, currency }).every((one) => one.currency === currency),
      );
    assert.deepEqual(defaultPrices({ vendor: 'acme', account: null, currency: 'JPY' }), []);
  });
});

describe('price file', () => {
  const problem = (text: string, format: 'json' | 'csv'): string => {
    try {
      const rows = [...readPriceFile(text, format)];
      rows.forEach(createOnceCheck());
      return JSON.stringify(rows[0]);
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('reads CSV and rounds fractions of a micro up', () => {
    const text = 'vendor,item,prefix,amount,currency,unit\nacme,message.send/sms,+49,0.00790001,USD,segment';
    assert.match(problem(text, 'csv'), /"prefix":"49","amount":7901,/);
  });

  it('takes every item that the coarse prices have', () => {
    const rows = defaultPrices({ vendor: 'acme', account: null, currency: 'USD' });
    assert.deepEqual(
      rows.map(({ item }) => item).filter((item) => !isItem(item)),
      [],
    );
  });

  it('refuses a date that there is not: nobody could list the prices any more', () => {
    const text = '[{"vendor":"acme","item":"lookup","amount":"1","currency":"USD","from":9e15}]';
    assert.match(problem(text, 'json'), /row 1: from must be a date/);
  });

  it('refuses a date that could be another: days before months, a day that a month has not, a time without its zone', () => {
    const from = (date: string) =>
      problem(`vendor,item,amount,currency,from\nacme,lookup,1,USD,${date}`, 'csv');
    for (const date of ['01/02/2026', '1', '2026', '2026-02-30', '2026-11-25T10:00', '2026-11-25 10:00'])
      assert.match(from(date), /row 1: from must be a date/, date);
    for (const date of ['2026-11-25', '2026-11-25T00:00:00.000Z', '2026-11-25T01:00+01:00'])
      assert.match(from(date), /"from":1795564800000/, date);
  });

  it('refuses a prefix that no number has: a wider one would hold instead', () => {
    const of = (prefix: string) =>
      problem(`vendor,item,prefix,amount,currency\nacme,lookup,${prefix},1,USD`, 'csv');
    for (const prefix of ['0049', '+0', '049']) assert.match(of(prefix), /row 1: prefix must be/, prefix);
    for (const prefix of ['', '+49', '49', '1']) assert.match(of(prefix), /"prefix":"[1-9]*"/, prefix);
  });

  it('refuses an account that is no text: the price would be that of all accounts', () => {
    const of = (account: unknown) =>
      problem(
        JSON.stringify([{ vendor: 'acme', item: 'lookup', amount: '1', currency: 'USD', account }]),
        'json',
      );
    for (const account of [7, ['main'], { id: 'main' }, true])
      assert.match(of(account), /row 1: account must be a name or an id/);
    for (const account of [null, '']) assert.match(of(account), /"account":null/);
  });

  it('says of a file without rows that it has none', () => {
    for (const text of ['', '\n', 'vendor,item,amount,currency,unit\n'])
      assert.match(problem(text, 'csv'), /the file has no rows/);
    assert.match(problem('[]', 'json'), /the file has no rows/);
  });

  it('takes an empty cell for one that is left out', () => {
    assert.match(
      problem(
        'vendor,account,item,prefix,amount,currency,unit,increment,from,kind\nacme,,lookup,,1,USD,,,,',
        'csv',
      ),
      /"increment":60,"from":0,"kind":"price"/,
    );
  });

  it('does not take what is billed by the minute or segment for one thing because the unit was forgotten', () => {
    const priced = (item: string, unit: string) =>
      problem(`vendor,item,amount,currency,unit\nacme,${item},0.04,USD,${unit}`, 'csv');
    assert.match(priced('call.create/voice', ''), /row 1: unit is missing: .* by the minute/);
    assert.match(priced('message.send/sms', ''), /row 1: unit is missing: .* by the segment/);
    const unstated = { vendor: 'acme', item: 'call.create/voice', amount: '1', currency: 'USD', unit: null };
    assert.match(problem(JSON.stringify([unstated]), 'json'), /row 1: unit is missing/);
    assert.match(priced('call.create/voice', 'each'), /"unit":"each"/);
    assert.match(priced('lookup', ''), /"unit":"each"/);
  });

  it('reads cells that are quoted or empty, as spreadsheets write them', () => {
    const head = '"vendor","item","prefix","amount","currency","unit","increment"';
    assert.match(
      problem(`\ufeff${head}\r\n"acme","message.send/sms","49","0.04","USD","segment",\r\n`, 'csv'),
      /"prefix":"49","amount":40000,.*"increment":60/,
    );
    assert.match(problem(`${head}\nacme,"lookup,49,0.04,USD,each,`, 'csv'), /row 1 must have 7 cells/);
    assert.match(problem(`${head}\nacme,lookup,49,0,04,USD,each,60`, 'csv'), /row 1 must have 7 cells/);
  });

  it('reads a line of any length at once', () => {
    const head = 'vendor,item,amount,currency';
    for (const line of [
      `${' '.repeat(100_000)}"x`,
      `"${'""'.repeat(100_000)} "x`,
      `" "${' '.repeat(100_000)}x`,
    ]) {
      const start = process.cpuUsage();
      assert.match(problem(`${head}\n${line}`, 'csv'), /row 1 must have 4 cells/);
      assert.ok(process.cpuUsage(start).user < 1_000_000);
    }
  });

  it('names the row and what is wrong with it', () => {
    assert.match(
      problem('vendor,item,amount,currency\nacme,lookup,0.1,USD\nacme,lookup,1e3,USD', 'csv'),
      /row 2: amount must be a decimal/,
    );
    assert.match(
      problem('[{"vendor":"acme","item":"lookup","amount":"0.1","currency":"USD","prise":1}]', 'json'),
      /"prise" is not a known field/,
    );
    assert.match(problem('{}', 'json'), /must be a JSON array/);
    const twice = 'vendor,item,amount,currency\nacme,lookup,7,USD\nacme,other,1,USD\nacme,lookup,0.01,USD';
    assert.match(problem(twice, 'csv'), /rows 1 and 3 price the same/);
    assert.match(problem(twice.replace('0.01', '7'), 'csv'), /"amount":7000000/);
  });
});
