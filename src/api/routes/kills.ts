import { z } from 'zod';
import { empty, removed, time, type RouteSpec } from '../schema.ts';

const scope = z.enum(['all', 'vendor', 'account', 'app', 'key', 'country']);
const kill = z.object({
  id: z.string(),
  scope,
  target: z.string(),
  reason: z.string(),
  actor: z.string(),
  createdAt: time,
  kept: z
    .enum(['store', 'disk', 'memory'])
    .describe(
      '`disk`, `memory`: in force, and stored as soon as the store is back; a restart forgets what is in memory',
    ),
});

export const killRoutes = {
  'kills.put': {
    summary: 'Stop everything in a scope at once, even while the store is unreachable',
    input: z.strictObject({
      scope,
      target: z.string().max(120).default('').describe('Id or name, vendor or country; empty for `all`'),
      reason: z.string().max(500).default(''),
    }),
    output: kill,
    status: 201,
  },
  'kills.list': { summary: 'List kill switches that are on', input: empty, output: z.array(kill) },
  'kills.lift': {
    summary: 'Lift a kill switch',
    input: z.strictObject({ kill: z.string().min(1).max(120) }),
    output: removed,
  },
} as const satisfies Record<string, RouteSpec>;
