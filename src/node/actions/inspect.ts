import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { finding, ok, skipped, type Check } from '../../cli/checks.ts';
import type { LocalOptions } from '../../cli/context.ts';
import { pathsOf, type Config } from '../../config/config.ts';
import { CHECKPOINT_KEY_SETTING, openCheckpointKey } from '../../custody/checkpoint-key.ts';
import { createKeyRing } from '../../custody/sealing/key-ring.ts';
import { readKeyRing } from '../../custody/sealing/key-ring-source.ts';
import { createSealer } from '../../custody/sealing/sealer.ts';
import { refuseLostStore } from '../lost-store.ts';
import { inspectStore, readSettingAtRest } from '../store.ts';
import { checkSpace, measureJournals } from './disk-space.ts';
import { configFile, RING_VARIABLE, type Local } from './local.ts';

const WRITE_OF_OTHERS = 0o022;
const ALL_OF_OTHERS = 0o077;

/** What can be told of configuration, key ring and store without a running gateway. */
export async function inspect(local: Local, options: LocalOptions): Promise<readonly Check[]> {
  let config: Config;
  try {
    config = await local.configOf(options);
  } catch (error) {
    return [finding('configuration', (error as Error).message, 'Correct what the message names.')];
  }
  const found = ok('configuration', `data in ${config.data}`);
  return [
    (await checkConfigFile(configFile(options.config))) ?? found,
    await checkFolder(config),
    await inspectKeyRing(local, config),
    await checkStore(local, config),
    await checkDisk(config),
  ];
}

/** It names key ring, store and listeners. Null: nothing is wrong with it. */
async function checkConfigFile(path: string | null): Promise<Check | null> {
  if (path === null || (((await modeOf(path)) ?? 0) & WRITE_OF_OTHERS) === 0) return null;
  return finding('configuration', `others may write ${path}`, `chmod go-w ${path}`);
}

/** Its files are private, but who may write the folder puts others in their place. */
async function checkFolder({ data }: Config): Promise<Check> {
  const mode = await modeOf(data);
  if (mode === null) return skipped('data', `there is no ${data}`);
  if ((mode & ALL_OF_OTHERS) === 0) return ok('data', 'private');
  const what = (mode & WRITE_OF_OTHERS) === 0 ? 'look into' : 'write';
  return finding('data', `others may ${what} ${data}`, `chmod 700 ${data}`);
}

function modeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mode }) => mode,
    () => null,
  );
}

/** That it can be read is not enough: it may be another gateway's. */
async function inspectKeyRing(local: Local, config: Config): Promise<Check> {
  try {
    const keyRing = createKeyRing(await readKeyRing(local.keyRingOf(config)));
    const sealed = await readSettingAtRest(config, CHECKPOINT_KEY_SETTING).catch(() => null); // See checkStore.
    if (sealed !== null)
      openCheckpointKey(sealed, createSealer({ keyRing, random: randomBytes, purpose: 'setting' }));
    return ok('key ring', 'opens');
  } catch (error) {
    return finding('key ring', (error as Error).message, await ringRemedy(local, config));
  }
}

async function ringRemedy(local: Local, config: Config): Promise<string> {
  const source = local.keyRingOf(config);
  const other = `set ${RING_VARIABLE} or keyRing.file to the ring that sealed this data.`;
  if (source.kind !== 'file' || existsSync(source.path)) return `Do what the message says, or ${other}`;
  const found = await inspectStore(config, local.databaseUrl).catch(() => null);
  return found === 'nothing' ? `Run \`ringfence init\`, or ${other}` : `Put it back, or ${other}`;
}

/** A look: a newer program must not migrate a store that another one runs on, nor claim it for this data directory. */
async function checkStore({ databaseUrl }: Local, config: Config): Promise<Check> {
  const name = config.store.kind === 'sqlite' ? pathsOf(config).store : 'PostgreSQL';
  try {
    await refuseLostStore(config, databaseUrl);
    const found = await inspectStore(config, databaseUrl);
    if (found === 'nothing') return finding('store', 'there is no store yet', 'Run `ringfence init`.');
    return ok('store', found === 'older' ? `${name}, which the next start brings up to date` : name);
  } catch (error) {
    return finding('store', (error as Error).message, 'Correct what the message names.');
  }
}

async function checkDisk(config: Config): Promise<Check> {
  const { data } = config;
  const found = await statfs(data).catch(() => null);
  if (found === null) return skipped('disk', `there is no ${data}`);
  if (await isReadOnly(data))
    return finding(
      'disk',
      `the file system of ${data} is read-only`,
      'See what the system says of it (dmesg), and mount it for writing; or stop the gateway and copy the folder to another.',
    );
  const journals = await measureJournals(pathsOf(config).journal, Date.now());
  return checkSpace(found.bavail * found.bsize, config, journals);
}

/** So does Linux leave one on which it has met an error. What rights deny is not meant. */
function isReadOnly(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EROFS',
  );
}
