import type { CanaryWatch } from '../../custody/canaries/watch.ts';
import type { KeyTable } from '../../custody/key-table.ts';
import type { Sealer } from '../../custody/sealing/sealer.ts';
import type { PipelineParts } from '../../gateway/parts.ts';
import type { Budgets } from '../../guard/budgets/budgets.ts';
import { createKillSwitch } from '../../guard/kill-switch.ts';
import type { Limits } from '../../guard/limits/limits.ts';
import { compilePolicy, NO_POLICY } from '../../guard/policy/policy.ts';
import { createPriceBook } from '../../guard/prices/price-book.ts';
import type { SubjectNames } from '../../guard/subject.ts';
import type { AccountRecord } from '../../store/records.ts';
import { atOwnHost } from '../../vendors/own-host.ts';
import type { Registry } from '../../vendors/registry.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { createIncomingPrices } from './incoming-prices.ts';
import { openAccounts, type LiveAccounts } from './live-accounts.ts';
import type { Part } from '../processes/messages.ts';
import type { TrustPart } from '../trust.ts';

export interface LiveSources {
  readonly registry: Registry;
  readonly sealer: Sealer;
  readonly keys: KeyTable;
  readonly budgets: Budgets;
  readonly limits: Limits;
  readonly canaries: CanaryWatch;
  readonly onTrust: (part: TrustPart) => void;
}

export interface LiveParts extends Pick<PipelineParts, 'accounts' | 'kills' | 'policy' | 'prices'> {
  /** Knows the hosts of vendors and those of accounts that run a server of their own. */
  readonly registry: Registry;
  apply(part: Part): void;
}

/** What the primary pushes: compiled when it changes, read by the pipeline through one level of indirection. */
export function createLiveParts(sources: LiveSources): LiveParts {
  const { registry, sealer, keys, budgets, limits, canaries, onTrust } = sources;
  let apps: ReadonlyMap<string, string> = new Map();
  let accounts: LiveAccounts = new Map();
  let ownHosts: ReadonlyMap<string, Vendor> = new Map();
  const names: SubjectNames = {
    app: (id) => apps.get(id),
    key: (id) => keys.get(id)?.name,
    replacedBy: (id) => keys.get(id)?.replaces ?? null,
    account: (id) => accounts.get(id)?.name,
  };
  let kills = createKillSwitch([]);
  let policy = compilePolicy(NO_POLICY);
  let prices = createPriceBook([]);
  const incoming = createIncomingPrices();
  limits.configure(policy.limits);
  return Object.freeze({
    registry: { ...registry, find: (host: string) => registry.find(host) ?? ownHosts.get(host) ?? null },
    accounts: { get: (id) => accounts.get(id) },
    kills: { check: (subject, intent) => kills.check(subject, intent) },
    policy: { decide: (subject, intent, bound, now) => policy.decide(subject, intent, bound, now) },
    prices: { bound: (intent, subject, callSeconds, now) => prices.bound(intent, subject, callSeconds, now) },
    apply(part) {
      switch (part.kind) {
        case 'keys':
          return keys.load(part.put);
        case 'apps':
          apps = new Map(part.all.map(({ id, name }) => [id, name]));
          return;
        case 'accounts':
          accounts = openAccounts({ registry, sealer }, part.all, accounts);
          ownHosts = hostsOf(registry, part.all);
          return;
        case 'policy':
          policy = compilePolicy(part.document ?? NO_POLICY, names);
          return limits.configure(policy.limits);
        case 'budgets':
          return budgets.configure(part.all);
        case 'prices':
          prices = incoming.take(part) ?? prices;
          return;
        case 'kills':
          kills = createKillSwitch(part.all, names.replacedBy);
          return;
        case 'trust':
          return onTrust(part);
        case 'canaries':
          return canaries.configure(part.all);
      }
    },
  } satisfies LiveParts);
}

function hostsOf(registry: Registry, records: readonly AccountRecord[]): ReadonlyMap<string, Vendor> {
  const hosts = new Map<string, Vendor>();
  for (const { vendor, fields } of records) {
    const known = registry.byId(vendor);
    const there = known === null ? null : atOwnHost(known);
    const host = fields['host'];
    if (host !== undefined && there !== null) hosts.set(host, there);
  }
  return hosts;
}
