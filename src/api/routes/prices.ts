import { z } from 'zod';
import { amountOut, count, LARGE_BODY, time, type RouteSpec } from '../schema.ts';

const kind = z.enum(['price', 'ceiling', 'band']);

const price = z.object({
  vendor: z.string(),
  account: z.string().nullable(),
  item: z.string(),
  prefix: z.string(),
  amount: amountOut,
  currency: z.string(),
  unit: z.enum(['each', 'segment', 'minute', 'month']),
  increment: z.number(),
  from: time,
  kind,
});

export const priceRoutes = {
  'prices.import': {
    summary: 'Add or replace rows of the price book',
    input: z.strictObject({ format: z.enum(['json', 'csv']), text: z.string() }),
    output: z.object({ imported: z.number() }),
    maxBody: LARGE_BODY,
  },
  'prices.list': {
    summary: 'List prices',
    input: z.strictObject({
      vendor: z.string().max(60).optional(),
      item: z.string().max(120).optional(),
      prefix: z.string().max(20).optional().describe('Only prefixes that begin with these digits'),
      limit: count(100_000).default(1000),
    }),
    output: z.array(price),
  },
  'prices.remove': {
    summary: 'Remove all prices of a vendor, or those of one kind',
    input: z.strictObject({ vendor: z.string().min(1).max(60), kind: kind.optional() }),
    output: z.object({ removed: z.number() }),
  },
} as const satisfies Record<string, RouteSpec>;
