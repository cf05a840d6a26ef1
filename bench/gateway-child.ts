import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../src/config/config.ts';
import { createKeyedHash } from '../src/custody/keyed-hash.ts';
import { generateKeyRing } from '../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../src/custody/sealing/key-ring-source.ts';
import { makeVirtualSecret } from '../src/kernel/virtual-secret.ts';
import { newId } from '../src/kernel/ids.ts';
import { micros } from '../src/kernel/money.ts';
import { openPrimary, type Primary } from '../src/node/primary.ts';
import type { BudgetRecord, VirtualKeyRecord } from '../src/store/records.ts';
import { sample } from './request.ts';

/** The gateway with everything on, as a process of its own that ends with the channel to its parent. */
export interface GatewayOrder {
  readonly directory: string;
  readonly upstream: string;
  readonly ports: { readonly apps: number; readonly proxy: number; readonly admin: number };
  readonly keys: number;
  readonly budgets: number;
  /** Where the authorization headers of all keys are written, one a line. */
  readonly headersFile: string;
}

export interface GatewayReady {
  readonly type: 'ready';
  readonly dataPlane: number;
  readonly authority: string;
}

const RULES = 100;
/** So many budgets count every request; the others belong to other apps. */
const APPLYING_BUDGETS = 5;
const KEYS_PER_APP = 10;
const PUTS_AT_ONCE = 2000;
const UNREACHABLE = micros(9e14);

function policy(): string {
  const rules = Array.from(
    { length: RULES - 1 },
    (_, place) =>
      `  - { id: rule-${place}, effect: ${place % 10 === 0 ? 'deny' : 'allow'}, what: { actions: [${
        place % 2 === 0 ? 'call.create' : 'message.send'
      }] }, to: { countries: [FR, IT], prefixes: ["+33${place}"] } }`,
  );
  const limits = [
    ['recipient-flood', 'recipient'],
    ['recipient-flood-day', 'recipient'],
    ['by-key', 'key'],
    ['by-app', 'app'],
  ].map(([id, per]) => `  - { id: ${id}, per: ${per}, rate: 100000000/1s }`);
  const home = '  - { id: home, effect: allow, what: { actions: [message.send] }, to: { countries: [DE] } }';
  return ['version: 1', 'mode: enforce', 'rules:', ...rules, home, 'limits:', ...limits, ''].join('\n');
}

function budget(place: number): BudgetRecord {
  const windows = ['day', 'week', 'month', 'total'] as const;
  const kind = windows[place % APPLYING_BUDGETS];
  return {
    id: `budget-${place}`,
    name: `budget-${place}`,
    scope: place < APPLYING_BUDGETS ? {} : { apps: [`app_other${place}`] },
    unit: 'money',
    currency: 'USD',
    limit: UNREACHABLE,
    window: kind === undefined ? { kind: 'sliding', milliseconds: 3_600_000 } : { kind },
    rates: {},
    createdAt: 0,
  };
}

async function inPages<T>(items: readonly T[], put: (item: T) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += PUTS_AT_ONCE)
    await Promise.all(items.slice(from, from + PUTS_AT_ONCE).map(put));
}

/** Keys go into the store as `keys create` would leave them there. */
async function seedKeys({ store, ring }: Primary, account: string, order: GatewayOrder): Promise<void> {
  const index = createKeyedHash(ring.derive('index'));
  const secrets = Array.from({ length: order.keys }, () => makeVirtualSecret(randomBytes));
  const records = secrets.map((secret, place): VirtualKeyRecord => ({
    id: newId('key', randomBytes),
    app: `app_${Math.floor(place / KEYS_PER_APP)}`,
    account,
    vendor: sample.vendor,
    name: `key-${place}`,
    kind: 'secret',
    publicId: sample.account['accountSid'] ?? null,
    index: index(secret),
    sealed: null,
    expiresAt: null,
    networks: [],
    state: 'active',
    replaces: null,
    createdAt: 0,
    revokedAt: null,
    lastUsedAt: null,
  }));
  await inPages(records, (record) => store.keys.put(record));
  writeFileSync(order.headersFile, secrets.map((secret) => sample.authorization(secret)).join('\n'));
}

async function seed(primary: Primary, order: GatewayOrder): Promise<void> {
  const { store, accounts } = primary;
  const account = await accounts.seal({
    vendor: sample.vendor,
    name: 'bench',
    values: sample.account,
    upstream: order.upstream,
    currency: 'USD',
  });
  await store.policies.put({ source: policy(), createdAt: 0, actor: 'bench' }, 0);
  await store.prices.put([
    {
      vendor: sample.vendor,
      account: null,
      item: sample.item,
      prefix: '',
      amount: micros(6000),
      currency: 'USD',
      unit: 'segment',
      increment: 60,
      from: 0,
      kind: 'price',
    },
  ]);
  const budgets = Array.from({ length: order.budgets }, (_, place) => budget(place));
  await inPages(budgets, (one) => store.budgets.put(one));
  await seedKeys(primary, account.id, order);
}

/** Resolves when the ledger no longer moves: everything journaled is loaded. */
async function drain({ store }: Primary): Promise<void> {
  let last = -1;
  for (let polls = 0, still = 0; polls < 150 && still < 3; polls++) {
    await sleep(200);
    const position = (await store.ledger.cursors('w0')).at(-1)?.position ?? 0;
    still = position === last ? still + 1 : 0;
    last = position;
  }
}

async function run(order: GatewayOrder): Promise<void> {
  const address = (port: number) => ({ host: '127.0.0.1', port });
  const config = readConfig({
    data: order.directory,
    workers: 1,
    listeners: {
      apps: address(order.ports.apps),
      proxy: address(order.ports.proxy),
      tls: null,
      admin: address(order.ports.admin),
    },
  });
  const path = join(order.directory, 'key-ring');
  await writeKeyRing(path, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const primary = await openPrimary({ config, keyRing: { kind: 'file', path }, say });
  await seed(primary, order);
  await primary.start();
  const [dataPlane] = await primary.supervisor.reports();
  process.on('message', () => void drain(primary).then(() => process.send?.({ type: 'drained' })));
  process.on('disconnect', () => void primary.close().then(() => process.exit(0)));
  const { certificate } = primary.trust.authority();
  process.send?.({ type: 'ready', dataPlane: dataPlane?.pid ?? 0, authority: certificate });
}

process.once('message', (order) => void run(order as GatewayOrder));
