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

test('docs/reference/cli.md is what the commands say (else: npm run reference)', () => {
  const page = read('docs/reference/cli.md');
  for (const section of cliSections(version)) assert.ok(page.includes(section), section);
});
