import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import examples from 'libphonenumber-js/mobile/examples';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';
import type { LineType, PhoneFacts } from './facts.ts';
import { loadNumberingPlan } from './numbering.ts';

/** Patterns of the metadata: calling code, and the patterns of each type. */
type Row = readonly [string, unknown, string, ...unknown[]];
const { countries, nonGeographic } = metadata as unknown as Readonly<
  Record<'countries' | 'nonGeographic', Record<string, Row>>
>;
const ROWS = [...Object.entries(countries), ...Object.entries(nonGeographic)];

const THEIR_TYPES: Readonly<Record<string, LineType>> = {
  FIXED_LINE: 'fixed',
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'fixed-or-mobile',
  TOLL_FREE: 'toll-free',
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared-cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'uan',
  VOICEMAIL: 'voicemail',
};

const plan = loadNumberingPlan(readFileSync(new URL('./numbering.bin', import.meta.url)));

type Verdict = Pick<PhoneFacts, 'country' | 'lineType' | 'valid'>;

/**
 * What the library says of the digits as they stand. Null where it changes them first: it removes a trunk prefix
 * (`+49 0151…`), which we take as an undiallable number.
 */
function theirs(number: string): Verdict | null {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed !== undefined && parsed.number !== number) return null;
  const lineType = THEIR_TYPES[parsed?.getType() ?? ''] ?? 'unknown';
  return { country: parsed?.country ?? null, lineType, valid: parsed?.isValid() ?? false };
}

/** Where we mean to differ: E.164 has no more than 15 digits, and satellite is a line type of its own. */
function expected(number: string, verdict: Verdict): Verdict {
  if (number.length > 16) return { country: null, lineType: 'unknown', valid: false };
  return plan.facts(number).satellite && verdict.valid ? { ...verdict, lineType: 'satellite' } : verdict;
}

/** Compares both on all numbers; answers how many were compared, and prints the first contradictions. */
function compare(numbers: readonly string[]): {
  readonly compared: number;
  readonly contradictions: string[];
} {
  const contradictions: string[] = [];
  let compared = 0;
  for (const number of numbers) {
    const verdict = theirs(number);
    if (verdict === null) continue;
    compared += 1;
    const { country, lineType, valid } = plan.facts(number);
    const [ours, wanted] = [{ country, lineType, valid }, expected(number, verdict)].map((one) =>
      JSON.stringify(one),
    );
    if (ours !== wanted) contradictions.push(`${number}: ${ours}, not ${wanted}`);
  }
  return { compared, contradictions };
}

test('facts are those of libphonenumber for numbers drawn from every pattern of every country', () => {
  const numbers = ROWS.flatMap(([, [code, , general, ...rest]]) => {
    const types = (rest[8] ?? []) as readonly (readonly [string] | 0)[];
    const patterns = [general, ...types.map((type) => (type === 0 ? '' : type[0]))].filter(
      (pattern) => pattern !== '',
    );
    return patterns.flatMap((pattern) =>
      fc
        .sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), { numRuns: 15, seed: 1 })
        .map((national) => `+${code}${national}`),
    );
  });
  const { compared, contradictions } = compare(numbers);
  assert.ok(compared > 15_000, `${compared} compared`);
  assert.deepEqual(contradictions.slice(0, 10), []);
});

test('facts are those of libphonenumber for random digits under every calling code', () => {
  const numbers = [...new Set(ROWS.map(([, [code]]) => code))].flatMap((code) =>
    fc.sample(fc.stringMatching(/^\d{4,14}$/), { numRuns: 60, seed: 2 }).map((digits) => `+${code}${digits}`),
  );
  const { compared, contradictions } = compare(numbers);
  assert.ok(compared > 10_000, `${compared} compared`);
  assert.deepEqual(contradictions.slice(0, 10), []);
});

test('facts are those of libphonenumber for the example number of every country, and for numbers one digit off', () => {
  const numbers = getCountries().flatMap((country) => {
    const number = getExampleNumber(country, examples)?.number ?? '';
    return [number, `${number}0`, number.slice(0, -1), number.replace(/.$/, '0')];
  });
  const { compared, contradictions } = compare(numbers);
  assert.ok(compared > 900, `${compared} compared`);
  assert.deepEqual(contradictions, []);
});

const facts = (number: string): string => {
  const { country, lineType, valid, premium, satellite, operator } = plan.facts(number);
  return [
    country ?? '-',
    lineType,
    valid ? 'valid' : 'invalid',
    premium ? 'premium' : '',
    satellite ? 'satellite' : '',
    operator ?? '',
  ]
    .join(' ')
    .trim();
};

test('tells countries apart that share a calling code', () => {
  assert.equal(plan.facts('+14155550123').country, 'US');
  assert.equal(plan.facts('+12042345678').country, 'CA');
  assert.equal(plan.facts('+18762345678').country, 'JM');
  assert.equal(plan.facts('+79161234567').country, 'RU');
  assert.equal(plan.facts('+77012345678').country, 'KZ');
  assert.equal(plan.facts('+447911123456').country, 'GG');
  assert.equal(plan.facts('+447400123456').country, 'GB');
  assert.equal(plan.facts('+390669812345').country, 'VA');
  assert.equal(plan.facts('+393331234567').country, 'IT');
});

test('marks what pays the called party, satellites and global services', () => {
  assert.equal(facts('+19002123456'), 'US premium valid premium');
  assert.equal(facts('+448712345678'), 'GB premium valid premium');
  assert.equal(facts('+491803123456'), 'DE shared-cost valid premium');
  assert.equal(facts('+979123456789'), '- premium valid premium');
  assert.equal(facts('+80812345678'), '- shared-cost valid premium');
  assert.equal(facts('+80012345678'), '- toll-free valid');
  assert.equal(facts('+870773123456').split(' ').includes('satellite'), true);
  assert.equal(facts('+8816123456789'), '- satellite valid  satellite iridium satellite');
  assert.equal(facts('+882161234567'), '- satellite valid  satellite');
  assert.equal(facts('+61480012345'), 'AU satellite valid  satellite Pivotel Satellite');
  assert.equal(facts('+447012345678'), 'GB personal valid');
});

test('names the operator that a range was given to', () => {
  assert.equal(plan.facts('+4915112345678').operator, 'T-Mobile');
  assert.equal(plan.facts('+447400000000').operator, 'Three');
  assert.equal(plan.facts('+493012345678').operator, null);
  assert.equal(plan.facts('+4915112').operator, null, 'no operator for what is no number');
});

test('an incomplete, overlong or unassigned number is not valid', () => {
  for (const number of [
    '+4915112',
    '+491511234567890123',
    '+999123456789',
    '+1',
    '+',
    '',
    '4915112345678',
    '+49 151 12345678',
    '+４９15112345678',
  ])
    assert.equal(plan.facts(number).valid, false, number);
  assert.equal(plan.facts('+4915112').country, 'DE');
  assert.equal(plan.facts('+999123456789').country, null);
});

test('answers every text with one of its frozen objects, and never throws', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...Array.from('+0123456789 -')), maxLength: 20 }),
    fc.stringMatching(/^\+\d{0,16}$/),
  );
  fc.assert(
    fc.property(text, (number) => {
      const found = plan.facts(number);
      assert.ok(Object.isFrozen(found));
      assert.equal(plan.facts(number), found);
      if (found.valid) assert.match(number, /^\+[1-9]\d{4,14}$/);
      else assert.equal(found.lineType, 'unknown');
    }),
    { numRuns: 2000 },
  );
});

test('refuses damaged bytes when they are loaded', () => {
  const bytes = readFileSync(new URL('./numbering.bin', import.meta.url));
  const damaged = { code: 'internal', message: /npm run prepare/ };
  assert.throws(() => loadNumberingPlan(new Uint8Array()), damaged);
  assert.throws(() => loadNumberingPlan(bytes.subarray(0, 1000)), damaged);
  assert.throws(() => loadNumberingPlan(bytes.subarray(0, -1)), damaged);
  assert.throws(() => loadNumberingPlan(Buffer.concat([Buffer.from('x'), bytes])), damaged);
  const pointing = Buffer.from(bytes);
  pointing.writeUInt16LE(0xffff, pointing.readUInt32LE(4) * 2 + 24);
  assert.throws(() => loadNumberingPlan(pointing), damaged);
});
