import { z } from 'zod';
import { amountIn, amountOut, currency, empty, reference, removed, time, type RouteSpec } from '../schema.ts';

const names = z.array(z.string().min(1).max(120)).min(1).max(200).optional();
const scope = z.strictObject({
  apps: names,
  keys: names,
  vendors: names,
  accounts: names,
  actions: names,
  channels: names,
  countries: names,
});

const window = z.union([
  z.strictObject({ kind: z.enum(['day', 'week', 'month', 'total']) }),
  z.strictObject({ kind: z.literal('sliding'), milliseconds: z.number().int().min(60_000) }),
]);

const budget = z.object({
  id: z.string(),
  name: z.string(),
  scope,
  unit: z.enum(['money', 'count']),
  currency: z.string(),
  limit: amountOut,
  window,
  rates: z.record(z.string(), amountOut),
  createdAt: time,
});

const use = z.object({
  /** Start of the current period; null before anything was spent. */
  period: time.nullable(),
  spent: amountOut,
  leased: amountOut,
  presumed: amountOut,
  left: amountOut,
});

export const budgetRoutes = {
  'budgets.put': {
    summary: 'Set a budget: create it, or change the one of this name',
    input: z.strictObject({
      name: z.string().min(1).max(100),
      scope: scope.default({}),
      unit: z.enum(['money', 'count']).default('money'),
      currency,
      limit: amountIn,
      window,
      rates: z.record(currency, amountIn).default({}),
    }),
    output: budget,
  },
  'budgets.list': {
    summary: 'List budgets with what is spent, leased and left in the current period',
    input: empty,
    output: z.array(budget.extend({ use })),
  },
  'budgets.remove': {
    summary: 'Remove a budget',
    input: z.strictObject({ budget: reference }),
    output: removed,
  },
} as const satisfies Record<string, RouteSpec>;
