import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CliProcess, LocalOptions } from '../../cli/context.ts';
import { loadConfig, pathsOf, type Config, type ConfigInput } from '../../config/config.ts';
import { generateKeyRing } from '../../custody/sealing/key-ring.ts';
import { writeKeyRing, type KeyRingSource } from '../../custody/sealing/key-ring-source.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { makeFolder } from './make-folder.ts';
import { openPrimary, type Primary, type PrimaryOptions } from '../primary.ts';
import { refuseLostStore } from '../lost-store.ts';
import { DATABASE_URL_VARIABLE, inspectStore } from '../store.ts';

export const CONFIG_FILE = 'ringfence.yaml';
export const RING_VARIABLE = 'RINGFENCE_KEY_RING';

/** What the commands share that work on this machine: where configuration, key ring and store are, and where lines go. */
export interface Local {
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  say(line: string): void;
  readonly databaseUrl: string | undefined;
  configOf(options: LocalOptions, defaults?: ConfigInput): Promise<Config>;
  keyRingOf(config: Config): KeyRingSource;
  /**
   * Makes the key ring file that the configuration names; false when it is there, or the ring is no file. Throws
   * `key_ring_missing` where a store waits for the ring that sealed it.
   */
  ensureKeyRing(config: Config): Promise<boolean>;
  open(config: Config, trust?: Pick<PrimaryOptions, 'trustClock'>): Promise<Primary>;
  /** Resolves when a signal asks to stop. */
  stopAsked(): Promise<void>;
}

export function createLocal(process: CliProcess): Local {
  const { stdout, stderr, env } = process;
  const databaseUrl = env[DATABASE_URL_VARIABLE];
  const say = (line: string): void => void stderr.write(`${line}\n`);

  function keyRingOf(config: Config): KeyRingSource {
    const value = env[RING_VARIABLE] || undefined;
    return value === undefined || config.keyRing !== undefined
      ? { kind: 'file', path: pathsOf(config).keyRing }
      : { kind: 'base64', value };
  }

  return Object.freeze({
    print: (line: string) => void stdout.write(`${line}\n`),
    say,
    databaseUrl,
    async configOf({ config, data }: LocalOptions, defaults: ConfigInput = {}) {
      const directory = data ?? (env['RINGFENCE_DATA'] || undefined);
      return loadConfig(configFile(config), {
        ...defaults,
        ...(directory === undefined ? {} : { data: directory }),
      });
    },
    keyRingOf,
    ensureKeyRing: (config: Config) => ensureKeyRing(keyRingOf(config), config, databaseUrl),
    async open(config: Config, trust = {}) {
      const keyRing = keyRingOf(config);
      await refuseNothing(keyRing, config, databaseUrl);
      await makeFolder(config.data);
      return openPrimary({ config, keyRing, databaseUrl, say, ...trust });
    },
    async stopAsked() {
      const signal = Promise.withResolvers<void>();
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => signal.resolve());
      await signal.promise;
    },
  });
}

/** The configuration that is named, or the one that lies here; null: there is none, and everything has its default. */
export function configFile(named: string | null): string | null {
  return named ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : null);
}

/** What is said to people alone is left out under `--json`. */
export function forPeople(local: Local, { json }: Pick<LocalOptions, 'json'>): Local {
  return json ? { ...local, print: () => {} } : local;
}

/** Who has not run `init`, or stands in another folder, is told so, and nothing is made there. */
async function refuseNothing(
  source: KeyRingSource,
  config: Config,
  databaseUrl: string | undefined,
): Promise<void> {
  if (source.kind !== 'file' || existsSync(source.path)) return;
  await refuseLostStore(config, databaseUrl);
  if ((await inspectStore(config, databaseUrl)) !== 'nothing') return;
  throw new RingfenceError(
    'key_ring_missing',
    `There is no store yet, and no key ring ${source.path}: run \`ringfence init\`, or name with --config or --data what it made.`,
  );
}

async function ensureKeyRing(
  source: KeyRingSource,
  config: Config,
  databaseUrl: string | undefined,
): Promise<boolean> {
  if (source.kind !== 'file' || existsSync(source.path)) return false;
  // A new ring would open nothing of what is there, or is put back, and be taken for the one to keep.
  await refuseLostStore(config, databaseUrl);
  if ((await inspectStore(config, databaseUrl)) !== 'nothing')
    throw new RingfenceError(
      'key_ring_missing',
      `There is a store, but its key ring ${source.path} is not there: put it back.`,
    );
  await makeFolder(dirname(source.path));
  await writeKeyRing(source.path, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
  return true;
}
