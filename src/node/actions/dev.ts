import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LocalOptions } from '../../cli/context.ts';
import type { Config } from '../../config/config.ts';
import { listenerUrl } from '../../config/listener-url.ts';
import { showcase, type Showcase } from '../../sandbox/showcase.ts';
import { ensureAdminToken } from '../services/admin-server.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { createDemoApp, isSimulated, runShowcase, seed, SEEDED_BY, startSandbox } from './demo.ts';
import type { Primary } from '../primary.ts';
import { forPeople, type Local } from './local.ts';
import { describeListeners, startAll, stay } from './serve.ts';

/** Runs the gateway before simulated vendors, shows what it does, and prints a key to play with. */
export async function dev(local: Local, options: LocalOptions): Promise<number> {
  const config = await local.configOf(options, { workers: 1 });
  await local.ensureKeyRing(config);
  const simulated = await startSandbox(0);
  const primary = await local.open(config, { trustClock: true }); // Nothing here costs money, and months may pass.
  await refuseRealAccounts(primary, config);
  await ensureAdminToken(primary);
  await seed(primary, simulated.sandbox, simulated.origin);
  const stopAdmin = await startAll(local, primary);
  const people = forPeople(local, options);
  people.print(
    `Simulated vendors: ${simulated.origin}/_sandbox/ has their bill, and faults to try (docs/sandbox.md).`,
  );
  await show(people, primary, { config, sandbox: simulated.sandbox });
  await printApp(people, primary, config);
  const stopAsked = local.stopAsked();
  describeListeners(local, config, options);
  return stay(stopAsked, primary, [stopAdmin, simulated.close]);
}

/** Sandbox prices and simulated answers have no place beside real money. */
async function refuseRealAccounts({ store, journal }: Primary, { data }: Config): Promise<void> {
  const real = (await store.accounts.list()).filter((account) => !isSimulated(account));
  if (real.length === 0) return;
  await journal.close();
  await store.close();
  throw new RingfenceError(
    'conflict',
    `${data} holds accounts of real vendors (${real.map(({ name }) => name).join(', ')}). Give the simulated ones a folder of their own: ringfence dev --data .ringfence-dev`,
  );
}

/** The SDK is no dependency of Ringfence: who installs the package alone may not have it. */
function isInstalled({ script, sdk }: Showcase): boolean {
  try {
    createRequire(script).resolve(sdk);
    return true;
  } catch {
    return false;
  }
}

interface Stage {
  readonly config: Config;
  readonly sandbox: Sandbox;
}

/** The demonstration is written for the policy that comes with it; under another one it would show nothing. */
async function show({ print }: Local, primary: Primary, { config, sandbox }: Stage): Promise<void> {
  if ((await primary.store.policies.active())?.actor !== SEEDED_BY)
    return print('Your own policy is in force, so the demonstration is left out.');
  if (!isInstalled(showcase))
    return print(
      `The demonstration needs the package ${showcase.sdk} beside Ringfence: npm install ${showcase.sdk}`,
    );
  print("\nA vendor's own SDK, unmodified, in a process of its own, with a virtual key:\n");
  const shown = await runShowcase(primary, sandbox, config, (line) => print(`  ${line}`));
  if (!shown)
    print(
      '\nThe demonstration ended early. Budgets, prices or kill switches that you made here may be in its way; the gateway is up.',
    );
}

/** The app's key is made on the first start; afterwards it is in a file beside the data, because it is for play only. */
async function printApp({ print }: Local, primary: Primary, config: Config): Promise<void> {
  const path = join(config.data, 'dev-app.json');
  if (!existsSync(path)) {
    const { parts } = await createDemoApp(primary, showcase.vendor, 'demo');
    await writeFile(path, JSON.stringify(parts), { mode: 0o600 });
  }
  const parts = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  const snippets =
    primary.registry.byId(showcase.vendor)?.custody.snippets(parts, listenerUrl(config.listeners.apps)) ?? [];
  print('\nPaste this into your own app:\n');
  for (const { sdk, code } of snippets.slice(0, 1)) print(`  // ${sdk}\n${code.replace(/^/gm, '  ')}\n`);
}
