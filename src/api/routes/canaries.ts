import { z } from 'zod';
import { empty, givenName, reference, removed, time, type RouteSpec } from '../schema.ts';

const canary = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string(),
  account: z.string(),
  place: z.string(),
  createdAt: time,
  retiredAt: time.nullable(),
  uses: z.number(),
  lastUse: z.object({ at: time, address: z.string(), vendor: z.string() }).nullable(),
});

export const canaryRoutes = {
  'canaries.plant': {
    summary: 'Create a decoy key; only this answer shows its parts',
    input: z.strictObject({
      name: givenName,
      account: reference,
      place: z.string().max(300).optional().describe('Where you will put it, in your words'),
    }),
    output: z.object({ canary, parts: z.record(z.string(), z.string()) }),
    status: 201,
  },
  'canaries.list': { summary: 'List decoy keys and their uses', input: empty, output: z.array(canary) },
  'canaries.retire': {
    summary: 'Stop watching for a decoy key',
    input: z.strictObject({ canary: reference }),
    output: canary,
  },
  'canaries.remove': {
    summary: 'Forget a decoy key that is retired',
    input: z.strictObject({ canary: reference }),
    output: removed,
  },
} as const satisfies Record<string, RouteSpec>;
