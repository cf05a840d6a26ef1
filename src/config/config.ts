import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { RingfenceError, systemReason } from '../kernel/errors.ts';
import { explainIssues } from '../kernel/schema-problems.ts';
import { sayYamlIssue } from '../kernel/wording.ts';

const MIB = 1024 * 1024;
/** Data-plane processes at most. */
export const MOST_WORKERS = 64;

const port = z.int().min(0).max(65535);
const address = (usual: number) =>
  z.strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
    port: port.default(usual).describe('0: any free port.'),
  });
const hostName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    'must be the host name of a vendor, whole and in lower case, without scheme and port',
  );
const listeners = z.strictObject({
  apps: address(4610).prefault({}).describe('Apps by base URL: `http://gateway/<vendor host>/<path>`.'),
  proxy: address(4611).nullable().prefault({}).describe('Forward proxy for vendor hosts; null: none.'),
  tls: address(4612)
    .nullable()
    .prefault({})
    .describe('Transparent TLS under the names of vendor hosts; null: none.'),
  admin: address(4613).prefault({}).describe('Admin API, health and metrics.'),
  hosts: z
    .record(hostName, port)
    .default({})
    .describe('Vendor host → port for this host only, for SDKs that take a host but no path prefix.'),
});
const store = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sqlite').describe('A file in the data directory.') }),
  z.strictObject({
    kind: z.literal('postgres').describe('PostgreSQL, one gateway for each database.'),
    urlFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File that contains its URL, which is a secret; default: the URL is in RINGFENCE_DATABASE_URL.',
      ),
  }),
]);
const limits = z.strictObject({
  bodyBytes: z
    .int()
    .min(1024)
    .max(16 * MIB)
    .default(MIB)
    .describe('Largest request body, except for uploads.'),
  uploadBytes: z
    .int()
    .min(1024)
    .max(1024 * MIB)
    .default(100 * MIB)
    .describe('Largest upload.'),
  connections: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20_000)
    .describe('Most open connections per listener and process.'),
});
const journal = z.strictObject({
  segmentBytes: z
    .int()
    .min(MIB)
    .max(1024 * MIB)
    .default(16 * MIB)
    .describe('Size of a journal file (segment).'),
  keepBytes: z
    .int()
    .min(64 * MIB)
    .default(8192 * MIB)
    .describe('A larger journal loses its oldest files, once they are loaded into the ledger.'),
  minFreeBytes: z
    .int()
    .min(0)
    .default(64 * MIB)
    .describe('With less free disk space, nothing is spent any more.'),
});

/** Every field is described: `docs/reference/configuration.md` is written from here. */
export const configSchema = z.strictObject({
  data: z.string().min(1).default('.ringfence').describe('Data directory: store, journals and admin token.'),
  listeners: listeners.prefault({}).describe('Where it listens.'),
  store: store.default({ kind: 'sqlite' }).describe('Where state is kept.'),
  workers: z
    .int()
    .min(1)
    .max(MOST_WORKERS)
    .optional()
    .describe('Data-plane processes; default: one less than there are processors.'),
  keyRing: z
    .strictObject({ file: z.string().min(1).describe('Path.') })
    .optional()
    .describe('Where the key ring is; default: in RINGFENCE_KEY_RING, otherwise in the data directory.'),
  limits: limits.prefault({}).describe('Limits on requests and connections.'),
  journal: journal.prefault({}).describe('Files of the journal.'),
});

export type Config = z.output<typeof configSchema> & { readonly workers: number };
export type ConfigInput = z.input<typeof configSchema>;

/** Checks a configuration and fills in the defaults. Throws `config_invalid` that names the field, and the file if there is one. */
export function readConfig(input: unknown, path: string | null = null): Config {
  const result = configSchema.safeParse(input ?? {}, { error: sayYamlIssue });
  if (!result.success) {
    const { issues } = result.error;
    const problems = explainIssues(issues, { schema: configSchema, whole: 'the file', locate: () => '' });
    const between = problems.length === 1 ? ' ' : '\n';
    throw new RingfenceError(
      'config_invalid',
      `The configuration${path === null ? '' : ` ${path}`} is not valid:${between}${problems.join('\n')}`,
    );
  }
  return { ...result.data, workers: result.data.workers ?? Math.max(1, availableParallelism() - 1) };
}

/** Reads `path` (YAML); a missing default file means defaults. `overrides` come from flags. */
export async function loadConfig(path: string | null, overrides: ConfigInput = {}): Promise<Config> {
  const text = path === null ? '' : await readText(path);
  const file = readYaml(text, path ?? '');
  const config = readConfig({ ...file, ...overrides }, path);
  return { ...config, data: resolve(config.data) };
}

function readYaml(text: string, path: string): Readonly<Record<string, unknown>> {
  const fail = (what: string, cause?: unknown): never => {
    throw new RingfenceError('config_invalid', `The configuration file ${path} ${what}`, { cause });
  };
  try {
    const value: unknown = parse(text) ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    const [told = ''] = (cause as Error).message.split('\n');
    return fail(`is not YAML: ${told.replace(/:$/, '')}.`, cause);
  }
  return fail('must hold `name: value` lines.');
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new RingfenceError(
      'config_invalid',
      `The configuration file ${path} cannot be read (${systemReason(cause)}).`,
      { cause },
    );
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
    /** Kill switches that the store has not taken yet. */
    kills: join(data, 'kill-switches.json'),
  } as const;
}
