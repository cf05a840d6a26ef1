import { randomBytes } from 'node:crypto';
import { createAccounts } from '../custody/accounts.ts';
import { createApps } from '../custody/apps.ts';
import { createKeyedHash } from '../custody/keyed-hash.ts';
import { createVirtualKeys } from '../custody/virtual-keys.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import type { Foundation } from './foundation.ts';
import type { Part } from './processes/messages.ts';

interface Ways {
  readonly broadcast: (part: Part) => Promise<void>;
  readonly refreshApps: () => Promise<void>;
  readonly say: (line: string) => void;
}

/** Vendor accounts, apps and virtual keys; a change is in force in every process when it returns. */
export function createCustodians(
  { store, registry, sealers, lock, clock, ring, send, trust }: Foundation,
  { broadcast, refreshApps, say }: Ways,
) {
  /** A host is vouched for before its account can be used. */
  async function announceAccounts(): Promise<void> {
    const what = await trust.refresh();
    if (what !== 'same') await broadcast(trust.part());
    if (what === 'reissued')
      say('The authority has a new certificate: apps must trust it to reach new hosts.');
    await broadcast({ kind: 'accounts', all: await store.accounts.list() });
  }
  const accounts = createAccounts({
    accounts: store.accounts,
    keys: store.keys,
    settings: store.settings,
    vendorOf: registry.byId,
    sealer: sealers.account,
    settingSealer: sealers.setting,
    lock,
    clock,
    random: randomBytes,
    send,
    announce: () => lock('accounts in force', announceAccounts),
  });
  const keys = createVirtualKeys({
    keys: store.keys,
    apps: store.apps,
    accounts: store.accounts,
    custodyOf: (vendor) => registry.byId(vendor)?.custody ?? null,
    sealer: sealers.key,
    index: createKeyedHash(ring.derive('index')),
    lock,
    clock,
    random: randomBytes,
    announce: (changed: VirtualKeyRecord) => broadcast({ kind: 'keys', put: [changed] }),
  });
  const apps = createApps({
    apps: store.apps,
    keys: store.keys,
    lock,
    clock,
    announce: refreshApps,
  });
  return { accounts, apps, keys };
}
