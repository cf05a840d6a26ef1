import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPrefilter } from './prefilter.ts';

/** Few letters, so that literals overlap, contain and continue each other. */
const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), minLength: 1, maxLength: 6 });
const literals = fc.uniqueArray(literal, { minLength: 1, maxLength: 12 });
const text = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', 'B', 'c', '_', 'x', '\u0080', '\u00e1'),
  maxLength: 200,
});

function find(words: readonly string[], bytes: Uint8Array, from: number, to: number): string[] {
  const prefilter = createPrefilter(words);
  const hits = new Int32Array(2 * prefilter.mostPerByte * (to - from));
  const count = prefilter.find(bytes, from, to, hits);
  return Array.from(
    { length: count },
    (_, hit) => `${hits[2 * hit]} ${words[hits[2 * hit + 1] ?? -1]}`,
  ).toSorted();
}

function findOneByOne(words: readonly string[], content: string, from: number, to: number): string[] {
  const folded = content.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found: string[] = [];
  for (const word of words) {
    for (let at = folded.indexOf(word, from); at !== -1; at = folded.indexOf(word, at + 1))
      if (at + word.length <= to) found.push(`${at} ${word}`);
  }
  return found.toSorted();
}

describe('prefilter', () => {
  it('finds exactly the literals that lie within the range, in either case', () => {
    const range = fc.tuple(literals, text, fc.nat(), fc.nat());
    fc.assert(
      fc.property(range, ([words, content, one, other]) => {
        const bounds = [one % (content.length + 1), other % (content.length + 1)];
        const [from, to] = [Math.min(...bounds), Math.max(...bounds)];
        const bytes = Buffer.from(content, 'latin1');
        assert.deepEqual(find(words, bytes, from, to), findOneByOne(words, content, from, to));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds a literal across the middle, where two halves meet', () => {
    for (let at = 90; at < 110; at++) {
      const content = `${'.'.repeat(at)}needle${'.'.repeat(200 - at)}`;
      assert.deepEqual(find(['needle'], Buffer.from(content), 0, content.length), [`${at} needle`]);
    }
  });

  it('reports literals within literals', () => {
    assert.deepEqual(find(['auth', 'uth', 'auth_token', 'token'], Buffer.from('AUTH_TOKEN'), 0, 10), [
      '0 auth',
      '0 auth_token',
      '1 uth',
      '5 token',
    ]);
  });
});
