import { z } from 'zod';
import { empty, time, type RouteSpec } from '../schema.ts';

const state = z.enum(['ok', 'starting', 'failed']);

const status = z.object({
  version: z.string(),
  startedAt: time,
  uptimeSeconds: z.number(),
  listeners: z.array(z.object({ name: z.string(), url: z.string() })),
  workers: z.array(
    z.object({ node: z.string(), pid: z.number().nullable(), epoch: z.number().nullable(), state }),
  ),
  journals: z.array(
    z.object({
      node: z.string(),
      state,
      /** Journal records that are not loaded into the ledger yet; null while the store is away. */
      unshipped: z.number().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  store: z.object({ engine: z.string(), state, problem: z.string().nullable() }),
  vendors: z.array(z.object({ id: z.string(), hosts: z.array(z.string()) })),
  clock: z.object({ wall: time, ledger: time }),
  /** Sentences about what needs a person's attention; empty when nothing does. */
  alarms: z.array(z.string()),
});

export const systemRoutes = {
  'status.get': { summary: 'What runs and whether it is healthy', input: empty, output: status },
  'ca.get': {
    summary: "The gateway authority's certificate",
    input: empty,
    output: z.object({ certificate: z.string(), fingerprint: z.string(), hosts: z.array(z.string()) }),
  },
  'probe.expected': {
    summary: 'Answer of the gateway to a nonce, which proves that a request reaches it',
    input: z.strictObject({ nonce: z.string().max(100) }),
    output: z.object({ expected: z.string() }),
  },
  'metrics.get': {
    summary: 'Metrics in the Prometheus text format',
    input: empty,
    output: z.string(),
    format: 'text',
  },
  'health.live': {
    summary: 'Answers while the process lives',
    input: empty,
    output: z.object({ live: z.literal(true) }),
    isOpen: true,
  },
  'health.ready': {
    summary: 'Whether requests can be served; 503 when not',
    input: empty,
    output: z.object({ ready: z.boolean() }),
    isOpen: true,
  },
} as const satisfies Record<string, RouteSpec>;
