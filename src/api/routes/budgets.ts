import { z } from 'zod';
import { ACTIONS, CHANNELS } from '../../intent/intent.ts';
import { isCountry } from '../../kernel/numbering/countries.ts';
import {
  amountIn,
  amountOut,
  currency,
  empty,
  givenName,
  reference,
  removed,
  time,
  type RouteSpec,
} from '../schema.ts';

const country = z
  .string()
  .refine(isCountry, 'a country is two capital letters of ISO 3166, such as GB')
  .describe('ISO 3166, such as GB.');

/** Most names, countries or rates of one budget. Bounded because every process holds them all; there are fewer countries. */
const MOST_ENTRIES = 300;

/** Four lists of names in any script. */
const MOST_BYTES = 512 * 1024;

const text = z.array(z.string()).optional();
const scope = z.object({
  apps: text,
  keys: text,
  vendors: text,
  accounts: text,
  actions: text,
  channels: text,
  countries: text,
});

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MOST_ENTRIES).optional();
const names = some(reference);

/** A scope as callers send it, by names. Strict: a budget with a misspelt member would count nothing and protect nobody. */
const givenScope = z.strictObject({
  apps: names,
  keys: names,
  vendors: names,
  accounts: names,
  actions: some(z.enum(ACTIONS)),
  channels: some(z.enum(CHANNELS)),
  countries: some(country),
});

/** An exchange rate. At 0 or below, requests would take nothing from the budget. */
const rate = amountIn.refine((amount) => amount > 0, 'a rate is more than 0');

const window = z.union(
  [
    z.strictObject({ kind: z.enum(['day', 'week', 'month', 'total']) }),
    z.strictObject({ kind: z.literal('sliding'), milliseconds: z.number().int().min(60_000) }),
  ],
  'a window is {"kind": "day"}, or week, month, total, or sliding with milliseconds',
);

const unit = z.enum(['money', 'count']);

const budget = z.object({
  id: z.string(),
  name: z.string(),
  scope,
  unit,
  currency: z.string(),
  limit: amountOut,
  window,
  rates: z.record(z.string(), amountOut),
  createdAt: time,
});

const use = z.object({
  /** Start of the current period; null before anything was spent. */
  period: time.nullable(),
  ends: time.nullable().describe('End of the current period; null for one that slides or never ends'),
  spent: amountOut,
  leased: amountOut,
  presumed: amountOut.describe('Held by processes that ended with records that may be lost; counts as spent'),
  left: amountOut,
  runsOut: time
    .nullable()
    .describe(
      'When all is spent at the average pace of this period; null: not before it ends, or too early to tell',
    ),
});

export const budgetRoutes = {
  'budgets.put': {
    summary: 'Set a budget: create it, or change the one of this name',
    input: z.strictObject({
      name: givenName,
      scope: givenScope.default({}),
      unit: unit.default('money'),
      currency,
      limit: amountIn.refine((amount) => amount >= 0, 'a limit is not below 0'),
      window,
      rates: z
        .record(currency, rate)
        .refine(
          (rates) => Object.keys(rates).length <= MOST_ENTRIES,
          `a budget has at most ${MOST_ENTRIES} rates`,
        )
        .default({}),
    }),
    output: budget,
    maxBody: MOST_BYTES,
  },
  'budgets.list': {
    summary: 'List budgets with what is spent, leased and left in the current period',
    input: empty,
    output: z.array(budget.extend({ use })),
  },
  'budgets.presumed': {
    summary: 'Whose money of a budget is presumed spent in the current period',
    input: z.strictObject({ budget: reference }),
    output: z.object({
      name: z.string(),
      unit,
      currency: z.string(),
      presumed: amountOut,
      held: z.array(
        z.object({
          process: z.string().describe('`<node>-<epoch>`: the process that held it, in its last life'),
          period: time.nullable().describe('Start of the period; null for a window without end'),
          amount: amountOut,
        }),
      ),
    }),
  },
  'budgets.release': {
    summary: 'Give money back to a budget that was presumed spent, and was not',
    input: z.strictObject({
      budget: reference,
      presumed: amountIn.describe(
        'What is presumed spent, as you have seen it (of `process`, if given): refused when it has changed',
      ),
      amount: amountIn
        .refine((amount) => amount > 0, 'an amount is more than 0')
        .optional()
        .describe('All of it unless stated'),
      process: z
        .string()
        .regex(/^[\w.]+-\d+$/, 'a process looks like w0-3')
        .optional()
        .describe('Only what this one held'),
      reason: z.string().min(1).max(500).describe('How it is known; the journal keeps it'),
    }),
    output: z.object({ name: z.string(), unit, currency: z.string(), released: amountOut }),
  },
  'budgets.remove': {
    summary: 'Remove a budget',
    input: z.strictObject({ budget: reference }),
    output: removed,
  },
} as const satisfies Record<string, RouteSpec>;
