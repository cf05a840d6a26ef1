import { z } from 'zod';
import { empty, LARGE_BODY, time, type RouteSpec } from '../schema.ts';

const source = z.string().max(1_000_000).describe('The policy as YAML');
const version = z.object({ version: z.number(), createdAt: time, actor: z.string() });
const policy = version.extend({ source: z.string() });
const warnings = z
  .array(z.string())
  .describe(
    'What may not be meant: names that do not exist yet, or that nothing is allowed; it is taken all the same',
  );
const applied = policy.extend({ warnings });
const expected = z.number().int().min(0).describe('Version that must be active now; 0: none');

export const policyRoutes = {
  'policy.get': {
    summary: 'The active policy; null when there is none',
    input: empty,
    output: policy.nullable(),
  },
  'policy.put': {
    summary: 'Make a policy the active one',
    input: z.strictObject({ source, expected }),
    output: applied,
    maxBody: LARGE_BODY,
  },
  'policy.check': {
    summary: 'Check a policy without applying it',
    input: z.strictObject({ source }),
    output: z.object({ valid: z.boolean(), problems: z.array(z.string()), warnings }),
    maxBody: LARGE_BODY,
  },
  'policy.versions': { summary: 'All versions, newest first', input: empty, output: z.array(version) },
  'policy.rollback': {
    summary: 'Apply an earlier version again, as a new version',
    input: z.strictObject({ version: z.number().int().min(1), expected: expected.optional() }),
    output: applied,
  },
} as const satisfies Record<string, RouteSpec>;
