import { z } from 'zod';
import { amountIn, amountOut, count, currency, empty, point, time, type RouteSpec } from '../schema.ts';

const state = z.enum(['reserved', 'committed', 'released', 'unknown']);

const row = z.object({
  id: z.string().describe('`<node>-<epoch>-<position>`, also the id of the journal record'),
  at: time,
  key: z.string(),
  app: z.string(),
  account: z.string(),
  vendor: z.string(),
  operation: z.string(),
  action: z.string(),
  country: z.string().nullable(),
  currency: z.string(),
  bound: amountOut,
  amount: amountOut,
  state,
  settled: z.boolean().describe('The amount will not change any more'),
  atBound: z
    .boolean()
    .describe('Settled at the bound: the vendor never stated a price, or not in this currency'),
  resourceIds: z.array(z.string()),
});

const total = z.object({ currency: z.string(), state, amount: amountOut, rows: z.number() });

export const ledgerRoutes = {
  'ledger.list': {
    summary: 'List spending, newest first',
    input: z.strictObject({
      limit: count(10_000).default(50),
      key: z.string().max(120).optional(),
      app: z.string().max(120).optional(),
      state: state.optional(),
    }),
    output: z.array(row),
  },
  'ledger.unknown': {
    summary: 'List requests whose answer was lost and whose outcome is unknown, oldest first',
    input: z.strictObject({ limit: count(10_000).default(50) }),
    output: z.array(
      row.omit({ settled: true, atBound: true, amount: true, state: true, resourceIds: true }).extend({
        search: z
          .enum(['ongoing', 'not-listed', 'account-gone'])
          .describe(
            '`ongoing`: looked for among the records of the vendor, ever more seldom; `not-listed`: the vendor cannot list such records; `account-gone`: the vendor account was removed',
          ),
        nextLook: time.nullable().describe('When it is looked for next; null unless `ongoing`'),
        absentFrom: time
          .nullable()
          .describe(
            'When no record at the vendor begins to mean that nothing was sent, which frees the money; null: never, for it is not looked for, or a clock was wrong',
          ),
      }),
    ),
  },
  'ledger.settle': {
    summary: 'Record what became of a request, as found out at the vendor',
    input: z.strictObject({
      row: point,
      outcome: z
        .enum(['priced', 'at-bound', 'not-sent'])
        .describe(
          '`priced`: it happened at this cost; `at-bound`: it happened, and what it cost is not known; `not-sent`: it never happened, which frees the money',
        ),
      amount: amountIn.optional().describe('With `priced` only'),
      currency: currency.optional().describe('Of the amount'),
      resource: z.string().min(1).max(120).optional().describe('Id that the vendor gave it'),
      reason: z.string().min(1).max(500).describe('How it is known; the journal keeps it'),
    }),
    output: row,
  },
  'ledger.totals': {
    summary: 'Sum of amounts by currency and state',
    input: empty,
    output: z.array(total),
  },
  'ledger.verify': {
    summary: 'Recompute every budget period from rows and leases, and compare',
    input: empty,
    output: z.object({
      rows: z.number(),
      periods: z.number(),
      problems: z.array(z.string()),
      totals: z.array(total),
    }),
  },
} as const satisfies Record<string, RouteSpec>;
