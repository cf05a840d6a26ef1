import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { RingfenceError } from '../kernel/errors.ts';

const port = z.int().min(0).max(65535);
const address = z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port });

const schema = z.strictObject({
  /** Directory of store, journal and admin token. */
  data: z.string().min(1).default('.ringfence'),
  listeners: z
    .strictObject({
      apps: address.default({ host: '127.0.0.1', port: 4610 }),
      proxy: address.nullable().default({ host: '127.0.0.1', port: 4611 }),
      tls: address.nullable().default({ host: '127.0.0.1', port: 4612 }),
      admin: address.default({ host: '127.0.0.1', port: 4613 }),
      /** Vendor host → port that stands for it alone, for SDKs that take a host but no path prefix. */
      hosts: z.record(z.string(), port).default({}),
    })
    .prefault({}),
  /** Where state is kept. The URL of PostgreSQL is a secret: it comes from a file or RINGFENCE_DATABASE_URL, not from here. */
  store: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sqlite') }),
      z.strictObject({ kind: z.literal('postgres'), urlFile: z.string().min(1).optional() }),
    ])
    .default({ kind: 'sqlite' }),
  /** Data-plane processes. */
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(Math.max(1, availableParallelism() - 1)),
  keyRing: z.strictObject({ file: z.string().min(1) }).optional(),
  limits: z
    .strictObject({
      bodyBytes: z
        .int()
        .min(1024)
        .max(16 * 1024 * 1024)
        .default(1024 * 1024),
      uploadBytes: z
        .int()
        .min(1024)
        .max(1024 * 1024 * 1024)
        .default(100 * 1024 * 1024),
      connections: z.int().min(1).max(1_000_000).default(20_000),
    })
    .prefault({}),
  journal: z
    .strictObject({
      segmentBytes: z
        .int()
        .min(1024 * 1024)
        .max(1024 * 1024 * 1024)
        .default(16 * 1024 * 1024),
      /** Oldest segments go when a journal is larger than this and loaded into the ledger. */
      keepBytes: z
        .int()
        .min(64 * 1024 * 1024)
        .default(8 * 1024 * 1024 * 1024),
      minFreeBytes: z
        .int()
        .min(0)
        .default(64 * 1024 * 1024),
    })
    .prefault({}),
});

export type Config = z.output<typeof schema>;
export type ConfigInput = z.input<typeof schema>;

/** Checks a configuration and fills in the defaults. Throws `config_invalid` that names the field. */
export function readConfig(input: unknown): Config {
  const result = schema.safeParse(input ?? {});
  if (!result.success)
    throw new RingfenceError(
      'config_invalid',
      `The configuration is not valid: ${z.prettifyError(result.error)}`,
    );
  return result.data;
}

/** Reads `path` (YAML); a missing default file means defaults. `overrides` come from flags. */
export async function loadConfig(path: string | null, overrides: ConfigInput = {}): Promise<Config> {
  const text = path === null ? '' : await readText(path);
  const file = (parse(text) ?? {}) as Record<string, unknown>;
  const config = readConfig({ ...file, ...overrides });
  return { ...config, data: resolve(config.data) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new RingfenceError('config_invalid', `The configuration file ${path} cannot be read.`, { cause });
  }
}

/** Where things lie in the data directory. */
export function pathsOf({ data, keyRing }: Pick<Config, 'data' | 'keyRing'>) {
  return {
    store: join(data, 'ringfence.db'),
    journal: join(data, 'journal'),
    keyRing: keyRing?.file ?? join(data, 'key-ring'),
    adminToken: join(data, 'admin-token'),
    /** Ties a store elsewhere to the journals here. */
    gatewayId: join(data, 'gateway-id'),
  } as const;
}
