import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cliSections } from '../../../scripts/cli-page.ts';
import { createOpenApi } from '../../../scripts/openapi.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { readonly version: string };

test('docs/reference/openapi.json is what the contract says (else: npm run reference)', () => {
  assert.deepEqual(JSON.parse(read('docs/reference/openapi.json')), createOpenApi(version));
});

test('the patterns of openapi.json are read by validators and generators of other languages', () => {
  const patterns = [...read('docs/reference/openapi.json').matchAll(/"pattern": (".*")/g)].map(([, text]) =>
    String(JSON.parse(text ?? '')),
  );
  assert.ok(patterns.length > 5);
  // Neither Python nor Go reads `\\p{…}` as it is meant; Go has no look-around.
  for (const pattern of patterns) assert.doesNotMatch(pattern, /\\p\{|\(\?[=!<]/i);
});

test('docs/reference/cli.md is what the commands say (else: npm run reference)', () => {
  const page = read('docs/reference/cli.md');
  for (const section of cliSections(version)) assert.ok(page.includes(section), section);
});
