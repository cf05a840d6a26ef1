import { z } from 'zod';
import { currency, empty, givenName, reference, removed, textMap, time, type RouteSpec } from '../schema.ts';

/** Credentials of several long values, such as certificates. */
const MOST_BYTES = 512 * 1024;

/** An account as callers see it. The sealed credential is not named here, so it never leaves: output schemas drop what they do not name. */
export const account = z.object({
  id: z.string(),
  vendor: z.string(),
  name: z.string(),
  fields: z.record(z.string(), z.string()),
  upstream: z.string().nullable(),
  currency: z.string(),
  createdAt: time,
  testedAt: time.nullable(),
});

const field = z.object({
  name: z.string(),
  label: z.string(),
  secret: z.boolean(),
  required: z.boolean(),
  problem: z.string(),
});

const vendor = z.object({
  id: z.string(),
  name: z.string(),
  hosts: z.array(z.string()),
  docs: z.string(),
  currency: z.string(),
  fields: z.array(field),
  kinds: z.array(z.enum(['secret', 'hs256', 'rs256'])),
  baseUrlVariables: z.record(z.string(), z.string()),
  blindSpots: z.array(z.string()),
});

/** The state of a rotation. `halted`: it needs a person, and continues when it is asked for again. */
export const rotation = z.object({
  id: z.string(),
  account: z.string(),
  secret: z.string(),
  reason: z.string(),
  state: z.enum(['running', 'halted', 'done', 'rolled-back']),
  phase: z.string(),
  startedAt: time,
  endedAt: time.nullable(),
  problem: z.string().nullable(),
  steps: z.array(z.object({ phase: z.string(), at: time, note: z.string() })),
});

/** Options of a rotation, shared by the routes for accounts and for leaks. */
export const rotationOptions = {
  watchSeconds: z
    .number()
    .int()
    .min(2, 'two seconds at least')
    .max(86_400)
    .optional()
    .describe('How long to watch before the old secret is retired; default: 10'),
  force: z
    .boolean()
    .optional()
    .describe('Continue although the vendor refuses apps, or refuses to delete the old secret'),
};

const failure = z.object({ source: z.string(), id: z.string(), problem: z.string() });

export const accountRoutes = {
  'vendors.list': {
    summary: 'List vendors: their hosts and what an account of each needs',
    input: empty,
    output: z.array(vendor),
  },
  'accounts.seal': {
    summary: 'Seal a vendor account with its real credential',
    input: z.strictObject({
      vendor: z.string().max(60),
      name: givenName,
      values: textMap,
      upstream: z.string().max(300).nullable().optional(),
      currency: currency.optional(),
    }),
    output: account,
    status: 201,
    maxBody: MOST_BYTES,
  },
  'accounts.list': { summary: 'List vendor accounts', input: empty, output: z.array(account) },
  'accounts.test': {
    summary: 'Ask the vendor whether it accepts the sealed credential',
    input: z.strictObject({ account: reference }),
    output: z.object({ accepted: z.boolean(), status: z.number() }),
  },
  'accounts.reseal': {
    summary: 'Replace the credential here, once the vendor accepts the new one',
    input: z.strictObject({ account: reference, values: textMap }),
    output: account,
    maxBody: MOST_BYTES,
  },
  'accounts.rotate': {
    summary: 'Replace a secret at the vendor without interrupting apps, or say what to do by hand',
    input: z.strictObject({
      account: reference,
      secret: z.string().max(60).optional().describe('Field to replace; required if there are several'),
      ...rotationOptions,
    }),
    output: z.object({
      rotation: rotation.nullable(),
      guide: z.array(z.string()).describe('What to do by hand; empty when there is a rotation'),
    }),
  },
  'accounts.rotation': {
    summary: 'The latest rotation of the account',
    input: z.strictObject({ account: reference }),
    output: rotation,
  },
  'accounts.rotations': {
    summary: 'The latest rotation of each account',
    input: empty,
    output: z.array(rotation),
  },
  'accounts.remove': {
    summary: 'Remove a vendor account that has no active keys',
    input: z.strictObject({ account: reference }),
    output: removed.extend({
      warnings: z.array(z.string()).describe('Budgets, rules and kill switches that still name it'),
    }),
  },
  'accounts.rekey': {
    summary: 'Re-wrap all sealed secrets with the newest key of the key ring',
    input: empty,
    output: z.object({
      ringKey: z.string().describe('Name of the newest key of the ring, which seals'),
      unread: z.string().nullable().describe('A newer key that the gateway reads when it restarts'),
      rewrapped: z.number(),
      current: z.number(),
      failed: z.array(failure),
    }),
  },
} as const satisfies Record<string, RouteSpec>;
