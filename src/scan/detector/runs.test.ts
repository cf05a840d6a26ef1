import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesMatching } from './byte-set.ts';
import { demandOf, holdsRun } from './runs.ts';
import { DIGIT, LOWER, UPPER } from './value-form.ts';

const LETTERS = 'aB3-_+/=.~: "\n';
const kinds = [
  { kind: DIGIT, pattern: /[0-9]/ },
  { kind: LOWER, pattern: /[a-z]/ },
  { kind: UPPER, pattern: /[A-Z]/ },
];

describe('a run that could hold a value', () => {
  it('is found as by splitting the text at all other bytes', () => {
    const text = fc
      .array(fc.constantFrom(...LETTERS, 'aaaa3333', 'BaBaBaBa', 'aB3aB3aB3'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('[0-9A-Za-z]', '[0-9A-Za-z_-]', '[0-9A-Za-z+/=]', '[0-9A-Za-z_+/=.~:-]'),
        fc.integer({ min: 8, max: 20 }),
        fc.integer({ min: 0, max: 7 }),
        (value, alphabet, least, needs) => {
          const demand = demandOf({ least, bytes: bytesMatching(alphabet, false), needs });
          assert.ok(demand !== null);
          const expected = value
            .split(new RegExp(`(?!${alphabet})[^]`))
            .some(
              (run) =>
                run.length >= least &&
                kinds.every(({ kind, pattern }) => (needs & kind) === 0 || pattern.test(run)),
            );
          const bytes = Buffer.from(`aB3aB3aB3${value}aB3aB3aB3`, 'latin1');
          assert.equal(holdsRun(bytes, { from: 9, to: bytes.length - 9 }, demand), expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is not asked for where values are short', () => {
    assert.equal(demandOf({ least: 7, bytes: bytesMatching('[a-z]', false), needs: 0 }), null);
  });
});
