import { z } from 'zod';
import { empty, LARGE_BODY, reference, time, type RouteSpec } from '../schema.ts';
import { rotation, rotationOptions } from './accounts.ts';

const match = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), account: z.string(), secret: z.string() }),
  z.object({ kind: z.literal('key'), key: z.string() }),
  z.object({ kind: z.literal('canary'), canary: z.string() }),
]);

/** A leak as callers see it: neither the value nor its hash, which would let an attacker test guesses. */
export const leak = z.object({
  id: z.string(),
  rule: z.string(),
  vendor: z.string(),
  title: z.string(),
  masked: z.string(),
  places: z.array(z.string()),
  match: match.nullable(),
  /** Name of the account, key or canary that it matches. */
  owner: z.string().nullable(),
  state: z.enum(['open', 'responding', 'resolved', 'dismissed']),
  note: z.string(),
  remedy: z.string(),
  response: z
    .object({
      kind: z.enum(['revoked', 'rotating']),
      rotation: z.string().nullable(),
      actor: z.string(),
      at: time,
    })
    .nullable(),
  firstSeenAt: time,
  lastSeenAt: time,
  endedAt: time.nullable(),
});

const finding = z.strictObject({
  rule: z.string().min(1).max(100),
  vendor: z.string().max(100),
  title: z.string().max(200),
  remedy: z.string().max(1000),
  value: z.string().min(4).max(20_000).describe('Hashed with a key of the gateway and forgotten'),
  places: z.array(z.string().max(500)).max(100),
});

export const leakRoutes = {
  'leaks.report': {
    summary: 'Report what was found; only a keyed hash of each value and its first characters are kept',
    input: z.strictObject({ findings: z.array(finding).min(1).max(500) }),
    output: z.array(leak).describe('In the order of the findings'),
    maxBody: LARGE_BODY,
  },
  'leaks.list': { summary: 'List reported leaks', input: empty, output: z.array(leak) },
  'leaks.show': {
    summary: 'One leak: where it was seen, what it belongs to, what was done',
    input: z.strictObject({ leak: reference }),
    output: leak,
  },
  'leaks.respond': {
    summary: 'Revoke the leaked virtual key, or rotate the leaked account secret at the vendor',
    input: z.strictObject({ leak: reference, ...rotationOptions }),
    output: z.object({
      leak,
      rotation: rotation.nullable(),
      guide: z.array(z.string()).describe('What to do by hand; empty when it is done or under way'),
    }),
  },
  'leaks.dismiss': {
    summary: 'Close a leak that needs no response, with the reason',
    input: z.strictObject({ leak: reference, reason: z.string().min(1).max(500) }),
    output: leak,
  },
} as const satisfies Record<string, RouteSpec>;
