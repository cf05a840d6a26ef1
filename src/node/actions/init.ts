import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { InitOptions } from '../../cli/context.ts';
import { pathsOf, type Config } from '../../config/config.ts';
import { starterPolicy } from '../../guard/policy/starter-policy.ts';
import { RingfenceError, systemReason } from '../../kernel/errors.ts';
import { ensureAdminToken, replaceAdminToken } from '../services/admin-server.ts';
import { keepTrustedClock } from '../ledger-time.ts';
import type { Primary } from '../primary.ts';
import { CONFIG_FILE, configFile, forPeople, type Local } from './local.ts';

/** Where commands look for the token unless they are told. */
const USUAL_DATA = '.ringfence';

const STARTER_COUNTRIES = ['US'];

/** What was made, and where; null: it was there already. */
interface Made {
  readonly data: string;
  readonly keyRing: string | null;
  readonly configuration: string | null;
  readonly adminToken: string | null;
  readonly policy: 'starter' | null;
}

/** Makes what a gateway needs and what is not there yet; changes nothing that is. */
export async function init(local: Local, options: InitOptions): Promise<number> {
  const config = await local.configOf(options);
  const { print } = forPeople(local, options);
  const keyRing = (await local.ensureKeyRing(config)) ? pathsOf(config).keyRing : null;
  if (keyRing !== null) print(`key ring       ${keyRing} (back it up: nothing opens without it)`);
  const configuration = await ensureConfig(config, options);
  if (configuration !== null) print(`configuration  ${configuration}`);
  const { active, ...rest } = await initStore(local, config, options);
  const made: Made = { data: config.data, keyRing, configuration, ...rest };
  if (options.json) local.print(JSON.stringify(made));
  if (active !== null)
    print(
      `${config.data} holds a gateway already. Left as it was: ${[...filesKept(config, options, made), `policy version ${active}`].join(', ')}.`,
    );
  print(`\nNext: \`${serveCommand(options, configuration)}\``);
  const variable = variableFor(config, options);
  if (variable !== null) print(`The other commands find it with ${variable}`);
  return 0;
}

/** The configuration tells of the admin API as well as of the data; null: they find what is where it is by itself. */
function variableFor({ data }: Config, { config }: InitOptions): string | null {
  if (config !== null) return `RINGFENCE_CONFIG=${resolve(config)}`;
  return resolve(data) === resolve(USUAL_DATA) ? null : `--data or RINGFENCE_DATA=${data}`;
}

/** What is named here is named again, unless the configuration that was made here tells it. */
function serveCommand({ config, data }: InitOptions, made: string | null): string {
  const named = [
    config === null ? '' : ` --config ${config}`,
    data === null || made !== null ? '' : ` --data ${data}`,
  ];
  return `ringfence serve${named.join('')}`;
}

async function ensureConfig({ data }: Config, options: InitOptions): Promise<string | null> {
  if (existsSync(CONFIG_FILE) || options.config !== null) return null;
  const text = `# Ringfence configuration; everything has a default.\ndata: ${JSON.stringify(data)}\n`;
  try {
    await writeFile(CONFIG_FILE, text, { flag: 'wx', mode: 0o644 }); // Nobody else writes it, whatever the umask.
  } catch (cause) {
    // Half of it would be taken for the whole, and lead to another data folder.
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') await rm(CONFIG_FILE, { force: true });
    throw new RingfenceError('usage', `${resolve(CONFIG_FILE)} cannot be written (${systemReason(cause)}).`, {
      cause,
    });
  }
  return CONFIG_FILE;
}

function filesKept(config: Config, options: InitOptions, made: Made): readonly string[] {
  const paths = pathsOf(config);
  const all = [
    made.configuration === null ? configFile(options.config) : null,
    made.keyRing === null ? paths.keyRing : null,
    made.adminToken === null ? paths.adminToken : null,
  ];
  return all.filter((path) => path !== null).filter((path) => existsSync(path));
}

interface Kept extends Pick<Made, 'adminToken' | 'policy'> {
  /** Version of the policy that was in force before; null: none was. */
  readonly active: number | null;
}

async function initStore(local: Local, config: Config, options: InitOptions): Promise<Kept> {
  const { trustClock } = options;
  const primary = await local.open(config, { trustClock });
  const { print } = forPeople(local, options);
  try {
    if (trustClock) await keepTrustedClock(primary, 'init');
    const token = await (options.newToken ? replaceAdminToken(primary, 'init') : ensureAdminToken(primary));
    const adminToken = token === null ? null : primary.paths.adminToken;
    if (adminToken !== null) print(`admin token    ${adminToken}`);
    else if (!existsSync(primary.paths.adminToken))
      print(
        `admin token    there is no ${primary.paths.adminToken}; if nobody keeps the token elsewhere, make another: \`ringfence init --new-token\``,
      );
    const active = (await primary.store.policies.active())?.version ?? null;
    const policy = await ensurePolicy(primary);
    if (policy !== null) {
      print(
        `policy         a starter is active: reading, and messages, calls and verifications to ${STARTER_COUNTRIES.join(', ')} alone; see \`ringfence policy show\``,
      );
      print('prices         coarse upper bounds come with each account; see `ringfence prices import`');
    }
    return { adminToken, policy, active };
  } finally {
    await primary.journal.close();
    await primary.store.close();
  }
}

async function ensurePolicy(primary: Primary): Promise<'starter' | null> {
  const { policies } = primary.store;
  if ((await policies.active()) !== null) return null;
  const detail = { starter: true };
  await primary.record({ actor: 'init', act: 'policy.put', target: '1', detail });
  await policies.put({ source: starterPolicy(STARTER_COUNTRIES), createdAt: Date.now(), actor: 'init' }, 0);
  return 'starter';
}
