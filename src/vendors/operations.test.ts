import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileOperations } from './operations.ts';
import { VENDORS } from './index.ts';

const table = compileOperations(
  'v',
  {
    hosts: ['h'],
    rows: [
      ['POST', 0, '/numbers/Local.json', 'buy', 'form', 'buy'],
      ['POST', 0, '/numbers/{Sid}.json', 'change', 'form', 'write'],
      ['GET', 0, '/reports/records', 'make', '', 'spend'],
      ['GET', 0, '/reports/{id}', 'read', '', 'read'],
    ],
  },
  (host) => host,
);

function idOf(method: string, ...segments: readonly string[]): string | null {
  return table.match(method, 'h', segments)?.id ?? null;
}

test('a fixed segment wins over a placeholder', () => {
  assert.equal(idOf('POST', 'numbers', 'Local.json'), 'buy');
  assert.equal(idOf('POST', 'numbers', 'PN1.json'), 'change');
  assert.equal(idOf('GET', 'reports', 'records'), 'make');
  assert.equal(idOf('GET', 'reports', 'records-1'), 'read');
});

test('a placeholder takes nothing that a lenient server could see as a fixed segment', () => {
  for (const one of ['local.json', 'LOCAL.json', 'Local;x.json', 'Local.JSON;a.json'])
    assert.notEqual(idOf('POST', 'numbers', one), 'change', one);
  for (const one of ['Records', 'records;v=1', 'records.json', 'records.json;x', 'records.', 'records '])
    assert.equal(idOf('GET', 'reports', one), null, one);
});

test('no operation of a vendor is hidden by another one', () => {
  for (const { operations } of VENDORS)
    for (const { method, host, path, id } of operations.rows) {
      const segments = path.split('/').slice(1);
      const filled = segments.map((segment) => segment.replace(/\{[^}]*\}/, 'X1'));
      assert.equal(operations.match(method, host, filled)?.id, id, `${method} ${path}`);
    }
});
