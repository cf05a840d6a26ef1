import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { isCountry } from './countries.ts';
import { HEADER_WORDS, type Names } from './layout.ts';

test('every country that a number can have is one, and what looks like one is not', async () => {
  const bytes = await readFile(new URL('numbering.bin', import.meta.url));
  const [, states = 0, , nodes = 0] = new Uint32Array(new Uint8Array(bytes).buffer, 0, HEADER_WORDS);
  const { classes } = JSON.parse(
    bytes.subarray(HEADER_WORDS * 4 + (states + nodes) * 22).toString(),
  ) as Names;
  const countries = new Set(classes.flatMap(([country]) => country ?? []));
  assert.ok(countries.size > 240);
  assert.deepEqual(
    [...countries].filter((code) => !isCountry(code)),
    [],
  );
  for (const code of ['UK', 'EN', 'XX', 'de', '']) assert.equal(isCountry(code), false, code);
});
