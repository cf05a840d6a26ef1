import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { listenerUrl } from '../../config/listener-url.ts';
import { openAccount, sealAccount } from '../../custody/open.ts';
import { plainParts } from '../../custody/plain-parts.ts';
import { newId } from '../../kernel/ids.ts';
import { micros } from '../../kernel/money.ts';
import { starterPolicy } from '../../guard/policy/starter-policy.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { showcase, showcasePrice } from '../../sandbox/showcase.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { Primary } from '../primary.ts';

const SANDBOX_NAME = 'sandbox';
/** Who made the policy that `seed` puts in force where there is none. */
export const SEEDED_BY = 'dev';

export const isSimulated = ({ name }: Pick<AccountRecord, 'name'>): boolean =>
  name.startsWith(`${SANDBOX_NAME}-`);

/** Starts the simulated vendors that `dev` uses; they forget everything when the process ends. */
export async function startSandbox(
  port: number,
): Promise<{ readonly sandbox: Sandbox; readonly origin: string; close(): Promise<void> }> {
  const sandbox = createSandbox({
    clock: { wall: Date.now },
    random: randomBytes,
    timers: {
      // A call that still talks does not keep the process alive.
      set: (run, milliseconds) => setTimeout(run, milliseconds).unref(),
      clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
  const listening = await sandbox.listen(port);
  return { sandbox, origin: `http://127.0.0.1:${listening.port}`, close: () => listening.close() };
}

/** Seals a simulated account of every vendor, with the sandbox's prices and a first policy. Does nothing twice. */
export async function seed(primary: Primary, sandbox: Sandbox, origin: string): Promise<void> {
  const { store, registry } = primary;
  const known = await store.accounts.list();
  for (const { id: vendor } of registry.vendors) {
    const name = `${SANDBOX_NAME}-${vendor}`;
    const old = known.find((account) => account.name === name);
    if (old === undefined) await sealSandboxAccount(primary, sandbox, { vendor, name, origin });
    else await reopen(primary, sandbox, old, origin);
  }
  await store.prices.put(sandbox.prices.records());
  if ((await store.policies.active()) === null)
    await store.policies.put(
      { source: starterPolicy([showcase.country]), createdAt: Date.now(), actor: SEEDED_BY },
      0,
    );
}

interface NewSandboxAccount {
  readonly vendor: string;
  readonly name: string;
  readonly origin: string;
}

async function sealSandboxAccount(
  { accounts, registry }: Primary,
  sandbox: Sandbox,
  { vendor, name, origin }: NewSandboxAccount,
): Promise<void> {
  const { credentials, currency } = sandbox.accounts.create({ vendor });
  const fields = new Set(registry.byId(vendor)?.custody.fields.map((field) => field.name));
  const values = Object.fromEntries(Object.entries(credentials).filter(([field]) => fields.has(field)));
  await accounts.seal({ vendor, name, values, upstream: origin, currency });
}

/** The sandbox is new: it gets the credentials that the sealed account has, and the account its new address. */
async function reopen(
  { sealers, store }: Primary,
  sandbox: Sandbox,
  account: AccountRecord,
  origin: string,
): Promise<void> {
  const { fields, secrets } = openAccount(sealers.account, account);
  const plain = Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));
  sandbox.accounts.create({
    vendor: account.vendor,
    currency: account.currency,
    credentials: { ...fields, ...plain },
  });
  const moved = { ...account, upstream: origin };
  await store.accounts.put({ ...moved, sealed: sealAccount(sealers.account, moved, secrets) });
}

/** An app with a key of the vendor, as `apps create` and `keys create` make them. */
export async function createDemoApp(
  { apps, accounts, keys }: Primary,
  vendor: string,
  name: string,
): Promise<{ readonly app: string; readonly key: string; readonly parts: Readonly<Record<string, string>> }> {
  const account = (await accounts.list()).find((one) => one.vendor === vendor && isSimulated(one));
  if (account === undefined) throw new Error(`there is no simulated account of ${vendor}`);
  const known = (await apps.list()).find((app) => app.name === name);
  const app = known ?? { id: newId('app', randomBytes), name, createdAt: Date.now() };
  if (known === undefined) await apps.add(app);
  const { record, credential } = await keys.create({
    app: app.id,
    account: account.id,
    name: `${name}-${randomBytes(4).toString('hex')}`,
    lifetime: null,
    networks: [],
  });
  return { app: app.id, key: record.id, parts: plainParts(credential) };
}

/**
 * Sends, is refused, and runs into a budget: with the vendor's own SDK in a process of its own. False when it did not
 * get to its end.
 */
export async function runShowcase(
  primary: Primary,
  sandbox: Sandbox,
  config: Config,
  print: (line: string) => void,
): Promise<boolean> {
  const { app, key, parts } = await createDemoApp(primary, showcase.vendor, 'showcase');
  const price = showcasePrice(sandbox.prices.records());
  const budget = newId('budget', randomBytes);
  await primary.store.budgets.put({
    id: budget,
    name: `showcase-${budget.slice(-6)}`,
    scope: { apps: [app], keys: [key] },
    unit: 'money',
    currency: price.currency,
    limit: micros(price.amount * showcase.messages),
    window: { kind: 'total' },
    rates: {},
    createdAt: Date.now(),
  });
  await primary.refreshBudgets();
  const environment = showcase.environment(parts, listenerUrl(config.listeners.apps));
  const code = await runScript(showcase.script, environment, print);
  await primary.keys.revoke(key);
  await primary.store.budgets.remove(budget);
  await primary.refreshBudgets();
  return code === 0;
}

/** The child gets nothing of our environment but what it needs to run. */
function runScript(
  script: string,
  environment: Readonly<Record<string, string>>,
  print: (line: string) => void,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') print(line);
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
