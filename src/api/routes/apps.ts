import { z } from 'zod';
import { empty, givenName, reference, removed, time, type RouteSpec } from '../schema.ts';

export const app = z.object({ id: z.string(), name: z.string(), createdAt: time });

export const appRoutes = {
  'apps.create': {
    summary: 'Create an app',
    input: z.strictObject({ name: givenName }),
    output: app,
    status: 201,
  },
  'apps.list': { summary: 'List apps', input: empty, output: z.array(app) },
  'apps.remove': {
    summary: 'Remove an app without virtual keys in use; ledger and journal keep what it did, under its id',
    input: z.strictObject({
      app: reference,
      keys: z.enum(['revoke']).optional().describe('What becomes of its keys; refused while there are any'),
    }),
    output: removed.extend({
      revoked: z.array(z.string()).describe('Ids of the keys that were revoked for it'),
      warnings: z.array(z.string()).describe('Budgets, rules and kill switches that still name it'),
    }),
  },
} as const satisfies Record<string, RouteSpec>;
