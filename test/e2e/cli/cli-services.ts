import { randomBytes, X509Certificate } from 'node:crypto';
import type { AdminServices } from '../../../src/api/services/all.ts';
import type { JournalEntry, JournalService } from '../../../src/api/services/journal.ts';
import { createAccounts } from '../../../src/custody/accounts.ts';
import { createApps } from '../../../src/custody/apps.ts';
import { acme } from '../../../src/custody/custody-fixture.ts';
import { createCanaries } from '../../../src/custody/canaries/canaries.ts';
import { createLeaks } from '../../../src/custody/leaks/leaks.ts';
import { createRotations } from '../../../src/custody/rotation/rotations.ts';
import { createKeyedHash } from '../../../src/custody/keyed-hash.ts';
import { createKeyRing, generateKeyRing } from '../../../src/custody/sealing/key-ring.ts';
import { createSealer, type Purpose } from '../../../src/custody/sealing/sealer.ts';
import { createVirtualKeys } from '../../../src/custody/virtual-keys.ts';
import { answerProbe } from '../../../src/gateway/probe.ts';
import { policyWarnings } from '../../../src/guard/policy/warnings.ts';
import { parsePolicy } from '../../../src/guard/policy/document.ts';
import { readPriceFile } from '../../../src/guard/prices/read-price-file.ts';
import type { AdminAct } from '../../../src/journal/records.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import { newId } from '../../../src/kernel/ids.ts';
import { createKeyedLock } from '../../../src/kernel/keyed-lock.ts';
import { createPolicyInForce } from '../../../src/node/policy-in-force.ts';
import { createAppService } from '../../../src/node/services/app-service.ts';
import { createBudgetService } from '../../../src/node/services/budget-service.ts';
import { createCanaryService, createLeakService } from '../../../src/node/services/leak-service.ts';
import { createLedgerService } from '../../../src/node/services/ledger-service.ts';
import { createRotationService } from '../../../src/node/services/rotation-service.ts';
import { stillNamed } from '../../../src/node/services/still-named.ts';
import type { Store } from '../../../src/store/ports.ts';
import { loadOrCreateAuthority } from '../../../src/tls/authority.ts';
import { tlsFixture } from '../../../src/tls/tls-fixture.ts';
import type { WireRequest, WireResponse } from '../../../src/vendors/wire.ts';
import { createBooking } from '../../../src/node/settlement/booking.ts';

interface Sources {
  readonly store: Store;
  readonly clock: Clock;
  readonly url: () => string;
}

const id = (kind: string) => newId(kind, randomBytes);

const hostField = {
  name: 'host',
  label: 'Host',
  secret: false,
  required: false,
  pattern: /^[a-z.]+$/,
  problem: 'A host name.',
};

/** A made-up vendor whose API accepts the token `realtoken1` and no other. Some run its server themselves. */
const vendor = {
  ...acme,
  id: 'acme',
  custody: {
    ...acme.custody,
    fields: [...acme.custody.fields, hostField],
    snippets: (parts: Readonly<Record<string, string>>, gateway: string) => [
      {
        sdk: 'acme',
        language: 'shell',
        code: `acme --url ${gateway}/api.acme.example --token ${parts['token']}`,
      },
    ],
  },
};

function send({ headers }: WireRequest): Promise<WireResponse> {
  const status = String(headers['authorization']) === 'Bearer realtoken1' ? 200 : 401;
  return Promise.resolve({ status, headers: {}, body: Buffer.alloc(0) } as WireResponse);
}

/** Services over the real store and custody. Each act is put into the journal, which is in memory. */
export function createTestServices({ store, clock, url }: Sources): AdminServices {
  const journal = createMemoryJournal(clock);
  const keyRing = createKeyRing(generateKeyRing({ random: randomBytes, now: clock.wall() }));
  const sealerOf = (purpose: Purpose) => createSealer({ keyRing, random: randomBytes, purpose });
  const shared = {
    ...store,
    lock: createKeyedLock(),
    clock,
    random: randomBytes,
    announce: () => Promise.resolve(),
  };
  const journaled = (act: AdminAct) =>
    Promise.resolve(journal.add({ type: 'admin', at: clock.wall(), ...act }));
  const accounts = createAccounts({
    ...shared,
    vendorOf: (name) => (name === 'acme' ? vendor : null),
    sealer: sealerOf('account'),
    settingSealer: sealerOf('setting'),
    send,
  });
  const keys = createVirtualKeys({
    ...shared,
    custodyOf: (name) => (name === 'acme' ? vendor.custody : null),
    sealer: sealerOf('key'),
    index: createKeyedHash(keyRing.derive('index')),
  });
  const rotations = createRotations({
    ...shared,
    vendorOf: (name) => (name === 'acme' ? { ...vendor, management: null } : null),
    sealer: sealerOf('account'),
    settingSealer: sealerOf('setting'),
    send,
    index: createKeyedHash(keyRing.derive('index')),
    commit: accounts.commit,
    refusals: () => Promise.resolve(0),
    record: journaled,
    incident: () => Promise.resolve(),
    onSettled: () => {},
    sleep: () => Promise.resolve(),
  });
  const canaries = createCanaries({
    ...shared,
    custodyOf: (name) => (name === 'acme' ? vendor.custody : null),
    index: createKeyedHash(keyRing.derive('index')),
    record: journaled,
    incident: () => Promise.resolve(),
  });
  const leaks = createLeaks({
    ...shared,
    sealer: sealerOf('account'),
    index: createKeyedHash(keyRing.derive('index')),
    rotations: rotations.list,
    canaries: canaries.list,
    rotate: rotations.start,
    revoke: keys.revoke,
    automatic: () => Promise.resolve('ask'),
    record: journaled,
  });
  const acted: Acted = async <T>(actor: string, act: string, work: Promise<T>): Promise<T> => {
    const result = await work;
    journal.add({ type: 'admin', at: clock.wall(), actor, act, target: '', detail: {} });
    return result;
  };
  const kills = createKillService(store, clock, acted);
  const policyInForce = createPolicyInForce(store);
  return {
    vendors: [vendor],
    gateway: () => 'http://127.0.0.1:4610',
    apps: createAppService(
      {
        apps: createApps(shared),
        keys,
        store,
        clock,
        record: journaled,
        policyInForce,
      },
      kills,
    ),
    accounts: {
      seal: (request, actor) => acted(actor, 'accounts.seal', accounts.seal(request)),
      list: accounts.list,
      test: (account) => accounts.test(account),
      reseal: (account, values, actor) => acted(actor, 'accounts.reseal', accounts.reseal(account, values)),
      remove: async (account, actor) => {
        await acted(actor, 'accounts.remove', accounts.remove(account.id));
        return stillNamed({ store, kills, policyInForce }, { ...account, kind: 'account' });
      },
      ...createRotationService({ rotations }),
      rekey: (actor) =>
        acted(
          actor,
          'accounts.rekey',
          Promise.resolve({ ringKey: '2026-01-02-new', unread: null, rewrapped: 2, current: 1, failed: [] }),
        ),
    },
    keys: {
      create: (request, actor) => acted(actor, 'keys.create', keys.create(request)),
      page: keys.page,
      find: keys.find,
      rotate: (key, rotation, actor) => acted(actor, 'keys.rotate', keys.rotate(key, rotation)),
      restrict: (key, networks, actor) => acted(actor, 'keys.networks', keys.restrict(key, { networks })),
      revoke: (key, actor) => acted(actor, 'keys.revoke', keys.revoke(key)),
    },
    leaks: createLeakService({ leaks, rotations, canaries, store }),
    canaries: createCanaryService({ canaries }),
    policy: {
      active: store.policies.active,
      list: store.policies.list,
      parse: parsePolicy,
      warnings: async (document) =>
        policyWarnings(document, {
          app: await store.apps.list(),
          key: await store.keys.list(),
          account: await store.accounts.list(),
        }),
      put: (source, expected, actor) => {
        parsePolicy(source);
        const policy = { source, createdAt: clock.wall(), actor };
        return acted(actor, 'policy.put', store.policies.put(policy, expected));
      },
    },
    budgets: createBudgetService({
      ...shared,
      store,
      record: journaled,
      refreshBudgets: () => Promise.resolve(),
    }),
    prices: {
      readFile: readPriceFile,
      put: (rows, actor) => acted(actor, 'prices.put', store.prices.put(rows)),
      list: store.prices.list,
      remove: (name, kind, actor) => acted(actor, 'prices.remove', store.prices.remove(name, kind)),
    },
    kills,
    ledger: createLedgerService({
      store,
      settlement: {
        booking: createBooking({
          ledger: store.ledger,
          budget: () => undefined,
          journal: (record) => Promise.resolve(journal.add(record)),
          incident: () => {},
          now: clock.wall,
        }),
        withRow: (_row, work) => work(),
        prospect: () => Promise.resolve({ nextLook: clock.wall(), absentFrom: null }),
      },
      record: journaled,
    }),
    journal,
    system: createSystem({ store, clock, url }, (nonce) => answerProbe(nonce, keyRing.derive('probe'))),
  };
}

type Acted = <T>(actor: string, act: string, work: Promise<T>) => Promise<T>;

function createKillService(store: Store, clock: Clock, acted: Acted): AdminServices['kills'] {
  return {
    put: async (kill, actor) => {
      const record = { ...kill, id: id('kill'), actor, createdAt: clock.wall() };
      await acted(actor, 'kills.put', store.kills.put(record));
      return { ...record, kept: 'store' };
    },
    list: async () => (await store.kills.list()).map((kill) => ({ ...kill, kept: 'store' })),
    targets: (scope) => ({ app: store.apps, account: store.accounts, key: store.keys })[scope].list(),
    lift: (kill, actor) => acted(actor, 'kills.lift', store.kills.remove(kill)),
  };
}

type MemoryJournal = JournalService & { add(record: JournalEntry['record']): void };

function createMemoryJournal(clock: Clock): MemoryJournal {
  const entries: JournalEntry[] = [];
  const retired: Awaited<ReturnType<JournalService['retire']>>[] = [];
  const add = (record: JournalEntry['record']) =>
    void entries.push({ node: 'control', epoch: 1, position: entries.length, record });
  add({ type: 'incident', at: clock.wall(), what: 'test', detail: { to: '+37120000001' } });
  return {
    add,
    tail: ({ cursor, limit }) => {
      const from = cursor === null ? Math.max(0, entries.length - limit) : Number(cursor);
      return Promise.resolve({ entries: entries.slice(from, from + limit), cursor: String(entries.length) });
    },
    show: ({ node, epoch, position }) =>
      Promise.resolve({
        entries: entries.filter(
          (one) => one.node === node && one.epoch === epoch && one.position === position,
        ),
        isCut: false,
      }),
    export: async function* ({ since, until }) {
      yield* entries.filter(
        ({ record }) => record.at >= (since ?? 0) && record.at < (until ?? Number.MAX_SAFE_INTEGER),
      );
    },
    verify: () =>
      Promise.resolve({
        journals: [
          {
            node: 'control',
            epochs: 1,
            records: entries.length,
            signed: 0,
            lastAt: null,
            torn: [],
            retired: retired.map((one) => ({ ...one, kept: 1 })),
          },
        ],
        problems: [],
      }),
    retire({ node, through, reason }, actor) {
      const segments = [{ name: '00000001-000000000000.journal', bytes: 300, hash: 'ab'.repeat(32) }];
      const faults = ['Record control-1-0: its bytes do not fit their checksum'];
      const retirement = { node, through, faults, segments, at: clock.wall(), actor, reason };
      retired.push(retirement);
      return Promise.resolve(retirement);
    },
  };
}

function createSystem(
  { store, clock, url }: Sources,
  probe: (nonce: string) => string | null,
): AdminServices['system'] {
  const { options } = tlsFixture([]);
  return {
    status: () =>
      Promise.resolve({
        version: '0.0.0',
        startedAt: clock.wall(),
        uptimeSeconds: 61,
        listeners: [
          { name: 'apps', url: url() },
          { name: 'proxy', url: url() },
        ],
        workers: [{ node: 'w0', pid: 1, epoch: 1, state: 'ok' as const }],
        journals: [{ node: 'w0', state: 'ok' as const, unshipped: 0, problem: null }],
        store: { engine: 'sqlite', state: 'ok' as const, problem: null },
        vendors: [{ id: 'acme', hosts: vendor.facts.hosts }],
        clock: { wall: clock.wall(), ledger: clock.ledger() },
        alarms: [],
      }),
    ca: async () => {
      const own = (await store.accounts.list()).flatMap(({ fields }) => fields['host'] ?? []);
      const hosts = [...vendor.facts.hosts, ...own];
      const { certificate } = (await loadOrCreateAuthority({ ...options, hosts })).authority;
      const fingerprint = new X509Certificate(certificate).fingerprint256;
      return { certificate, fingerprint, hosts };
    },
    probe,
    metrics: () => Promise.resolve('# HELP ringfence_up 1 while it runs\nringfence_up 1\n'),
    ready: () => Promise.resolve(true),
  };
}
