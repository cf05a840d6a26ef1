import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type ConfigInput } from '../../src/config/config.ts';
import { plainParts } from '../../src/custody/plain-parts.ts';
import { generateKeyRing } from '../../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../../src/custody/sealing/key-ring-source.ts';
import { seed, startSandbox } from '../../src/node/actions/demo.ts';
import { openPrimary, type Primary } from '../../src/node/primary.ts';
import type { SandboxAccount } from '../../src/sandbox/core.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { freePorts } from '../free-ports.ts';

/** Numbers of the documentation ranges: they belong to nobody. */
export const ALLOWED = '+4915215551234';
export const REFUSED = '+447700900123';
export const FROM = '+15005550199';

/** Lets everything through that the SDKs do here, but to Germany and the United States only. */
const POLICY = `version: 1
mode: enforce
rules:
  - { id: read, effect: allow, what: { effects: [read, pii] } }
  - { id: home, effect: allow, what: { actions: [message.send, call.create, verify.start, lookup] }, to: { countries: [DE, US] } }
  - { id: codes, effect: allow, what: { actions: [verify.check] } }
  - { id: rooms, effect: allow, what: { actions: [other], effects: [read, write, delete, pii] } }
limits:
  - { id: recipient-flood, per: recipient, rate: 100000000/1s }
  - { id: recipient-flood-day, per: recipient, rate: 100000000/1s }
`;

export interface TestKey {
  readonly id: string;
  readonly app: string;
  readonly account: string;
  readonly parts: Readonly<Record<string, string>>;
}

export interface TestNode {
  readonly primary: Primary;
  readonly sandbox: Sandbox;
  /** The sandbox itself. */
  readonly vendor: string;
  readonly ports: {
    readonly apps: number;
    readonly proxy: number;
    readonly tls: number;
    /** Free for `startAdminServer`, which the node does not do by itself. */
    readonly admin: number;
    /** Ports that stand for one vendor host alone. */
    readonly hosts: Readonly<Record<string, number>>;
  };
  /** Base URL of the apps listener. */
  readonly gateway: string;
  /** Base URL of the forward proxy. */
  readonly proxy: string;
  /** By `<vendor>/<kind>`. */
  readonly keys: ReadonlyMap<string, TestKey>;
  /** Credential of the key of this kind; the first kind of the vendor when none is named. */
  parts(vendor: string, kind?: string): Readonly<Record<string, string>>;
  /** What the simulated vendor really gave out, secrets in clear. */
  real(vendor: string): SandboxAccount['credentials'];
  close(): Promise<void>;
}

export interface NodeOptions {
  readonly workers?: number;
  readonly hosts?: readonly string[];
  readonly databaseUrl?: string | null;
  readonly parent?: string;
  readonly journal?: ConfigInput['journal'];
  readonly say?: (line: string) => void;
}

/**
 * A whole node with `workers` data-plane processes before simulated vendors, with an account and keys of each vendor.
 * With `databaseUrl` its store is in PostgreSQL; its data directory is made in `parent`.
 */
export async function startNode({
  workers = 1,
  hosts: ownHosts = [],
  databaseUrl = null,
  parent = tmpdir(),
  journal = {},
  say = () => {},
}: NodeOptions = {}): Promise<TestNode> {
  const data = await mkdtemp(join(parent, 'ringfence-node-'));
  const [apps = 0, proxy = 0, tls = 0, admin = 0, ...rest] = await freePorts(4 + ownHosts.length);
  const hosts = Object.fromEntries(ownHosts.map((host, index) => [host, rest[index] ?? 0]));
  const listeners = {
    apps: { port: apps },
    proxy: { port: proxy },
    tls: { port: tls },
    admin: { port: admin },
    hosts,
  };
  const store = { kind: databaseUrl === null ? ('sqlite' as const) : ('postgres' as const) };
  const config = readConfig({ data, workers, listeners, store, journal });
  const path = join(data, 'key-ring');
  await writeKeyRing(path, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
  const simulated = await startSandbox(0);
  const url = databaseUrl ?? undefined;
  const primary = await openPrimary({
    config,
    keyRing: { kind: 'file', path },
    databaseUrl: url,
    say,
  });
  await primary.store.policies.put({ source: POLICY, createdAt: Date.now(), actor: 'test' }, 0);
  await seed(primary, simulated.sandbox, simulated.origin);
  const keys = await createKeys(primary);
  const close = async () => {
    await primary.close();
    await simulated.close();
    await rm(data, { recursive: true, force: true });
  };
  await primary.start().catch(async (error: unknown) => {
    await close(); // What stays open keeps the test's process alive, long after it has failed.
    throw error;
  });
  const real = (vendor: string) =>
    simulated.sandbox.accounts.list().find((account) => account.vendor === vendor)?.credentials ?? {};
  return {
    primary,
    sandbox: simulated.sandbox,
    vendor: simulated.origin,
    ports: { apps, proxy, tls, admin, hosts },
    gateway: `http://127.0.0.1:${apps}`,
    proxy: `http://127.0.0.1:${proxy}`,
    keys,
    parts: (vendor, kind) => partsOf(keys, vendor, kind),
    real,
    close,
  };
}

function partsOf(keys: ReadonlyMap<string, TestKey>, vendor: string, kind?: string): TestKey['parts'] {
  const wanted = kind === undefined ? `${vendor}/` : `${vendor}/${kind}`;
  const found = [...keys].find(([name]) => name.startsWith(wanted));
  if (found === undefined) throw new Error(`no key is called ${wanted}`);
  return found[1].parts;
}

async function createKeys({
  registry,
  store,
  accounts,
  keys,
}: Primary): Promise<ReadonlyMap<string, TestKey>> {
  const made = new Map<string, TestKey>();
  const app = 'app_test';
  await store.apps.put({ id: app, name: 'test', createdAt: Date.now() });
  for (const account of await accounts.list())
    for (const kind of registry.byId(account.vendor)?.custody.kinds ?? []) {
      const name = `${account.vendor}/${kind}`;
      const request = {
        app,
        account: account.id,
        name: name.replace('/', '-'),
        kind,
        lifetime: null,
        networks: [],
      };
      const { record, credential } = await keys.create(request);
      made.set(name, { id: record.id, app, account: account.id, parts: plainParts(credential) });
    }
  return made;
}

export type Ports = Readonly<Record<'apps' | 'proxy' | 'tls' | 'admin', number>>;

/** `ringfence.yaml` of a gateway that is started as a program: data in the folder, free ports, one process. */
export async function writeConfiguration(folder: string): Promise<Ports> {
  const [apps = 0, proxy = 0, tls = 0, admin = 0] = await freePorts(4);
  const ports = { apps, proxy, tls, admin };
  const listeners = Object.entries(ports).map(([name, port]) => `${name}: { port: ${port} }`);
  const data = `data: ${JSON.stringify(join(folder, 'data'))}`;
  const lines = [data, 'workers: 1', `listeners: { ${listeners.join(', ')} }`, ''];
  await writeFile(join(folder, 'ringfence.yaml'), lines.join('\n'));
  return ports;
}
