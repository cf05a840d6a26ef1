import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { InitOptions } from '../../cli/context.ts';
import { pathsOf, type Config } from '../../config/config.ts';
import { starterPolicy } from '../../guard/policy/starter-policy.ts';
import { ensureAdminToken, replaceAdminToken } from '../admin-server.ts';
import type { Primary } from '../primary.ts';
import { CONFIG_FILE, type Local } from './local.ts';

/** Where commands look for the token unless they are told. */
const USUAL_DATA = '.ringfence';

/** Makes what a gateway needs and what is not there yet; changes nothing that is. */
export async function init(local: Local, options: InitOptions): Promise<number> {
  const { print } = local;
  const config = await local.configOf(options);
  if (await local.ensureKeyRing(config))
    print(`key ring       ${pathsOf(config).keyRing} (back it up: nothing opens without it)`);
  if (!existsSync(CONFIG_FILE) && options.config === null) {
    await writeConfig(config);
    print(`configuration  ${CONFIG_FILE}`);
  }
  const primary = await local.open(config);
  try {
    await initStore(local, primary, options);
  } finally {
    await primary.journal.close();
    await primary.store.close();
  }
  print('\nNext: `ringfence serve`');
  if (resolve(config.data) !== resolve(USUAL_DATA))
    print(`The other commands find its token with --data or RINGFENCE_DATA=${config.data}`);
  return 0;
}

function writeConfig({ data }: Config): Promise<void> {
  const text = `# Ringfence configuration; everything has a default.\ndata: ${JSON.stringify(data)}\n`;
  return writeFile(CONFIG_FILE, text, { flag: 'wx' });
}

async function initStore(
  { print }: Local,
  primary: Primary,
  { newToken }: Pick<InitOptions, 'newToken'>,
): Promise<void> {
  const { policies } = primary.store;
  const token = newToken ? await replaceAdminToken(primary, 'init') : await ensureAdminToken(primary);
  if (token !== null) print(`admin token    ${primary.paths.adminToken}`);
  if ((await policies.active()) === null) {
    const detail = { starter: true };
    await primary.record({ actor: 'init', act: 'policy.put', target: '1', detail });
    await policies.put({ source: starterPolicy(['US']), createdAt: Date.now(), actor: 'init' }, 0);
    print('policy         a starter is active; see `ringfence policy show`');
  }
  print('prices         coarse upper bounds come with each account; see `ringfence prices import`');
}
