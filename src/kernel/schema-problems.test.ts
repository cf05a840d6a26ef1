import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { explainIssues } from './schema-problems.ts';

test('ten of thousands of problems are explained, and the others counted', () => {
  const schema = z.array(z.strictObject({ name: z.string() }));
  const result = schema.safeParse(Array.from({ length: 5000 }, () => ({ nam: 1, more: 2 })));
  assert.ok(!result.success);
  let asked = 0;
  const locate = (): string => {
    asked += 1;
    return '';
  };
  const told = explainIssues(result.error.issues, { schema, whole: 'the list', locate });
  assert.equal(told.length, 11);
  // Of each element a name is missing, and two are unknown.
  assert.equal(told.at(-1), `and ${15_000 - 10} more.`);
  assert.ok(asked < 50);
});

test('ten of thousands of unknown fields of one object are explained, and the others counted', () => {
  const schema = z.strictObject({ name: z.string().optional() });
  const fields = Array.from({ length: 5000 }, (_, place) => [`field${place}`, 1]);
  const result = schema.safeParse(Object.fromEntries(fields));
  assert.ok(!result.success);
  let asked = 0;
  const locate = (): string => {
    asked += 1;
    return '';
  };
  const told = explainIssues(result.error.issues, { schema, whole: 'the object', locate });
  assert.equal(told.length, 11);
  assert.equal(told.at(-1), `and ${5000 - 10} more.`);
  assert.ok(asked < 50, `${asked}`);
});

test('an unknown field is told without a suggestion where no field can be', () => {
  const schema = z.strictObject({});
  const { error } = schema.safeParse({ limit: 5 });
  const told = explainIssues(error?.issues ?? [], { schema, whole: 'input', locate: () => '' });
  assert.deepEqual(told, ['limit: unknown field "limit"; here can be none.']);
});
