import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliActions, CliProcess, LocalOptions } from '../cli/context.ts';
import { finding, ok, type Check } from '../cli/checks.ts';
import { loadConfig, pathsOf, type Config, type ConfigInput } from '../config/config.ts';
import { generateKeyRing } from '../custody/sealing/key-ring.ts';
import { readKeyRing, writeKeyRing, type KeyRingSource } from '../custody/sealing/key-ring-source.ts';
import { starterPolicy } from '../guard/policy/starter-policy.ts';
import { ensureAdminToken, startAdminServer } from './admin-server.ts';
import { createDemoApp, runShowcase, seed, startSandbox } from './dev.ts';
import { openPrimary, type Primary } from './primary.ts';
import { DATABASE_URL_VARIABLE, openStore } from './store.ts';
import { showcase } from '../sandbox/showcase.ts';

const CONFIG_FILE = 'ringfence.yaml';
const RING_VARIABLE = 'RINGFENCE_KEY_RING';

/** The commands that are the product itself. */
export function createActions(process: CliProcess): CliActions {
  const { stdout, stderr, env } = process;
  const databaseUrl = env[DATABASE_URL_VARIABLE];
  const say = (line: string): void => void stderr.write(`${line}\n`);
  const print = (line: string): void => void stdout.write(`${line}\n`);

  async function configOf({ config, data }: LocalOptions, defaults: ConfigInput = {}): Promise<Config> {
    const file = config ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : null);
    const directory = data ?? env['RINGFENCE_DATA'];
    return loadConfig(file, { ...defaults, ...(directory === undefined ? {} : { data: directory }) });
  }

  function ringOf(config: Config): KeyRingSource {
    const value = env[RING_VARIABLE];
    return value === undefined || config.keyRing !== undefined
      ? { kind: 'file', path: pathsOf(config).keyRing }
      : { kind: 'base64', value };
  }

  async function ensureRing(config: Config): Promise<boolean> {
    const source = ringOf(config);
    if (source.kind !== 'file' || existsSync(source.path)) return false;
    await mkdir(config.data, { recursive: true, mode: 0o700 });
    await writeKeyRing(source.path, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
    return true;
  }

  /** Runs until a signal asks to stop; a second one is not waited for. */
  async function stay(primary: Primary, ends: readonly (() => Promise<void>)[]): Promise<number> {
    const signal = Promise.withResolvers<void>();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => signal.resolve());
    await signal.promise;
    for (const end of ends) await end();
    await primary.close();
    return 0;
  }

  async function serve(options: LocalOptions): Promise<number> {
    const config = await configOf(options);
    const primary = await openPrimary({ config, keyRing: ringOf(config), databaseUrl, say });
    const token = await ensureAdminToken(primary);
    await primary.start();
    const stopAdmin = await startAdminServer(primary, (error) =>
      say(`admin API: ${(error as Error).message}`),
    );
    if (token !== null) print(`admin token written to ${primary.paths.adminToken}`);
    describe(config);
    return stay(primary, [stopAdmin]);
  }

  function describe({ listeners: { apps, proxy, tls, admin }, workers }: Config): void {
    print(`base URL     http://${apps.host}:${apps.port}/<vendor host>/<path>`);
    if (proxy !== null) print(`proxy        http://${proxy.host}:${proxy.port}`);
    if (tls !== null) print(`TLS          https://${tls.host}:${tls.port} (as the vendor's host)`);
    print(`admin API    http://${admin.host}:${admin.port}`);
    print(`ready, ${workers} data-plane process${workers === 1 ? '' : 'es'}`);
  }

  async function dev(options: LocalOptions): Promise<number> {
    const config = await configOf(options, { workers: 1 });
    await ensureRing(config);
    const simulated = await startSandbox(0);
    const primary = await openPrimary({ config, keyRing: ringOf(config), databaseUrl, say });
    await ensureAdminToken(primary);
    await seed(primary, simulated.sandbox, simulated.origin);
    await primary.start();
    const stopAdmin = await startAdminServer(primary, (error) =>
      say(`admin API: ${(error as Error).message}`),
    );
    print(
      "Simulated vendors. A vendor's own SDK, unmodified, in a process of its own, with a virtual key:\n",
    );
    await runShowcase(primary, simulated.sandbox, config, (line) => print(`  ${line}`));
    await printApp(primary, config);
    describe(config);
    return stay(primary, [stopAdmin, simulated.close]);
  }

  /** The app's key is shown on the first start; afterwards it is in a file beside the data, because it is for play only. */
  async function printApp(primary: Primary, config: Config): Promise<void> {
    const path = join(config.data, 'dev-app.json');
    const { host, port } = config.listeners.apps;
    if (!existsSync(path)) {
      const { parts } = await createDemoApp(primary, showcase.vendor, 'demo');
      await writeFile(path, JSON.stringify(parts), { mode: 0o600 });
    }
    const parts = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
    const snippets =
      primary.registry.byId(showcase.vendor)?.custody.snippets(parts, `http://${host}:${port}`) ?? [];
    print('\nPaste this into your own app:\n');
    for (const { sdk, code } of snippets.slice(0, 1)) print(`  // ${sdk}\n${code.replace(/^/gm, '  ')}\n`);
  }

  async function init(options: LocalOptions): Promise<number> {
    const config = await configOf(options);
    const made = await ensureRing(config);
    if (made) print(`key ring     ${pathsOf(config).keyRing} (back it up: nothing opens without it)`);
    if (!existsSync(CONFIG_FILE) && options.config === null) {
      await writeFile(
        CONFIG_FILE,
        `# Ringfence configuration; everything has a default.\ndata: ${JSON.stringify(config.data)}\n`,
        { flag: 'wx' },
      );
      print(`configuration ${CONFIG_FILE}`);
    }
    const primary = await openPrimary({ config, keyRing: ringOf(config), databaseUrl, say });
    try {
      if ((await ensureAdminToken(primary)) !== null) print(`admin token  ${primary.paths.adminToken}`);
      if ((await primary.store.policies.active()) === null) {
        await primary.store.policies.put(
          { source: starterPolicy(['US']), createdAt: Date.now(), actor: 'init' },
          0,
        );
        print('policy       a starter is active; see `ringfence policy show`');
      }
      print('prices       coarse upper bounds come with each account; see `ringfence prices import`');
    } finally {
      await primary.journal.close();
      await primary.store.close();
    }
    print('\nNext: `ringfence serve`');
    return 0;
  }

  async function inspect(options: LocalOptions): Promise<readonly Check[]> {
    const checks: Check[] = [];
    const attempt = async (name: string, work: () => Promise<string>, remedy: string): Promise<void> => {
      try {
        checks.push(ok(name, await work()));
      } catch (error) {
        checks.push(finding(name, (error as Error).message, remedy));
      }
    };
    let config: Config | null = null;
    await attempt(
      'configuration',
      async () => {
        config = await configOf(options);
        return `data in ${config.data}`;
      },
      'Correct what the message names.',
    );
    const found = config as Config | null;
    if (found === null) return checks;
    await attempt(
      'key ring',
      async () => {
        await readKeyRing(ringOf(found));
        return 'opens';
      },
      `Run \`ringfence init\`, or set ${RING_VARIABLE} to the ring that sealed this data.`,
    );
    if (found.store.kind === 'sqlite')
      checks.push(
        existsSync(pathsOf(found).store)
          ? ok('store', pathsOf(found).store)
          : finding('store', 'there is no store yet', 'Run `ringfence init`.'),
      );
    else
      await attempt(
        'store',
        async () => {
          await (await openStore(found, databaseUrl)).close();
          return 'PostgreSQL opens';
        },
        'Correct what the message names.',
      );
    return checks;
  }

  return { init, dev, serve, inspect };
}
