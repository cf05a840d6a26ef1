import { z } from 'zod';
import { count, givenName, reference, time, type RouteSpec } from '../schema.ts';

const kind = z.enum(['secret', 'hs256', 'rs256']);
/** Keys in one answer. Writing more would block the primary process, which must revoke keys promptly. */
const MOST_KEYS = 1000;
const networks = z.array(z.string().max(60)).max(100).describe('CIDR blocks; empty: any');
const seconds = z.number().int().min(0).max(315_360_000);

export const key = z.object({
  id: z.string(),
  name: z.string(),
  app: z.string(),
  account: z.string(),
  vendor: z.string(),
  kind,
  publicId: z.string().nullable(),
  state: z.enum(['active', 'revoked']),
  networks: z.array(z.string()),
  replaces: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  lastUsedAt: time.nullable(),
});

/** The only answer of the API that holds a secret: a virtual one, shown once. */
const createdKey = z.object({
  key,
  parts: z.record(z.string(), z.string()),
  snippets: z.array(z.object({ sdk: z.string(), language: z.string(), code: z.string() })),
});

export const keyRoutes = {
  'keys.create': {
    summary: 'Create a virtual key; only this answer shows its parts',
    input: z.strictObject({
      app: reference,
      account: reference,
      name: givenName,
      kind: kind.optional(),
      lifetimeSeconds: seconds.min(1).nullable().optional().describe('Null or absent: does not expire'),
      networks: networks.optional(),
    }),
    output: createdKey,
    status: 201,
  },
  'keys.list': {
    summary: 'List virtual keys by name, page by page',
    input: z.strictObject({
      after: z.string().max(120).optional().describe('Id of the last key of the previous page'),
      limit: count(MOST_KEYS).default(MOST_KEYS),
    }),
    output: z.array(key),
  },
  'keys.rotate': {
    summary: 'Replace a key; the old one works until the overlap ends',
    input: z.strictObject({
      key: reference,
      overlapSeconds: seconds,
      lifetimeSeconds: seconds.min(1).nullable().optional().describe('Absent: that of the old key'),
    }),
    output: createdKey.extend({ replaced: key }),
    status: 201,
  },
  'keys.networks': {
    summary: 'Replace the networks that a key may be used from',
    input: z.strictObject({ key: reference, networks }),
    output: key,
  },
  'keys.revoke': {
    summary: 'Revoke a key at once and for good',
    input: z.strictObject({ key: reference }),
    output: key,
  },
} as const satisfies Record<string, RouteSpec>;
