import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Part } from './messages.ts';
import { patienceFor } from './worker-process.ts';

it('waits for many budgets as long as they take, and a second for all that stops something', () => {
  const all = Array.from({ length: 500_000 }) as Extract<Part, { kind: 'budgets' }>['all'];
  assert.ok(patienceFor({ kind: 'budgets', all }) > 20_000);
  assert.ok(patienceFor({ kind: 'policy', document: null }) < 1000);
  assert.ok(patienceFor({ kind: 'kills', all: [] }) < 1000);
  assert.ok(patienceFor({ kind: 'keys', put: [] }) < 1000);
});
