import { randomBytes } from 'node:crypto';
import type { AdminServices } from '../../api/services/all.ts';
import { checkReferences } from '../../guard/policy/references.ts';
import { policyWarnings } from '../../guard/policy/warnings.ts';
import { readPriceFile } from '../../guard/prices/read-price-file.ts';
import { newId } from '../../kernel/ids.ts';
import { nextVersion } from '../../store/policies.ts';
import { nullIfAway } from './away.ts';
import { createAppService } from './app-service.ts';
import { createAccountService } from './account-service.ts';
import { createBudgetService } from './budget-service.ts';
import { createJournalService } from './journal-service.ts';
import { createCanaryService, createLeakService } from './leak-service.ts';
import { createLedgerService } from './ledger-service.ts';
import { listenerUrl } from '../../config/listener-url.ts';
import type { Primary } from '../primary.ts';
import { createSystemService } from './system-service.ts';
import { within } from '../within.ts';

const TARGET_MILLISECONDS = 2000;

/** The primary as the admin API sees it. Every change is journaled before it happens and in force when it returns. */
export function createAdminServices(primary: Primary, startedAt: number): AdminServices {
  const kills = killService(primary);
  return {
    vendors: primary.registry.vendors,
    gateway: () => listenerUrl(primary.config.listeners.apps),
    apps: createAppService(primary, kills),
    accounts: createAccountService(primary, kills),
    keys: keyService(primary),
    leaks: createLeakService(primary),
    canaries: createCanaryService(primary),
    policy: policyService(primary),
    budgets: createBudgetService(primary),
    prices: priceService(primary),
    kills,
    ledger: createLedgerService(primary),
    journal: createJournalService(primary),
    system: createSystemService(primary, startedAt),
  };
}

function keyService({ keys, record }: Primary): AdminServices['keys'] {
  return {
    create(request, actor) {
      const { app, account, name } = request;
      const detail = { app, account, name };
      return keys.create(request, (target) => record({ actor, act: 'key.create', target, detail }));
    },
    page: keys.page,
    find: keys.find,
    rotate(id, rotation, actor) {
      const { overlap } = rotation;
      return keys.rotate(id, rotation, (next) =>
        record({ actor, act: 'key.rotate', target: id, detail: { overlap, successor: next } }),
      );
    },
    restrict(id, networks, actor) {
      return keys.restrict(id, {
        networks,
        record: ({ networks: before }) =>
          record({ actor, act: 'key.networks', target: id, detail: { networks, before } }),
      });
    },
    async revoke(id, actor) {
      await record({ actor, act: 'key.revoke', target: id, detail: {} });
      return keys.revoke(id);
    },
  };
}

function policyService(primary: Primary): AdminServices['policy'] {
  const { store, record, clock, lock, refreshPolicy, known } = primary;
  /** A policy that cannot be compiled, or names what does not exist, must not be stored. */
  const check = (source: string) => {
    const document = primary.readPolicy(source);
    checkReferences(document, primary.registry.vendors);
    return document;
  };
  return {
    active: () => store.policies.active(),
    async put(source, expected, actor) {
      const { rules, mode } = check(source);
      const detail = { mode, rules: rules.length };
      const policy = await lock('policy stored', async () => {
        const target = String(nextVersion(await store.policies.active(), expected));
        await record({ actor, act: 'policy.put', target, detail });
        return store.policies.put({ source, createdAt: clock.wall(), actor }, expected);
      });
      await refreshPolicy();
      return policy;
    },
    list: () => store.policies.list(),
    parse: check,
    warnings: (document) =>
      Promise.resolve(
        policyWarnings(document, { app: known.app(), key: known.key(), account: known.account() }),
      ),
  };
}

function priceService({ store, record, refreshPrices }: Primary): AdminServices['prices'] {
  return {
    readFile: readPriceFile,
    async put(rows, actor) {
      await record({
        actor,
        act: 'prices.put',
        target: rows[0]?.vendor ?? '',
        detail: { rows: rows.length },
      });
      const count = await store.prices.put(rows);
      await refreshPrices();
      return count;
    },
    list: (filter) => store.prices.list(filter),
    async remove(vendor, kind, actor) {
      await record({ actor, act: 'prices.remove', target: vendor, detail: { kind: kind ?? 'all' } });
      const count = await store.prices.remove(vendor, kind);
      await refreshPrices();
      return count;
    },
  };
}

function killService({ kills, record, clock, ...primary }: Primary): AdminServices['kills'] {
  return {
    targets: (scope, reference) => killTargets(primary, scope, reference),
    async put({ scope, target, reason }, actor) {
      const kill = { id: newId('kill', randomBytes), scope, target, reason, actor, createdAt: clock.wall() };
      await record({ actor, act: 'kill.on', target: `${scope}:${target}`, detail: { reason } });
      return kills.on(kill);
    },
    list: () => Promise.resolve(kills.list()),
    lift: (id, actor) => kills.lift(id, () => record({ actor, act: 'kill.lift', target: id, detail: {} })),
  };
}

/** In an emergency nobody waits for a store that is away: the processes know what there is. */
async function killTargets(
  { store, known }: Pick<Primary, 'store' | 'known'>,
  scope: 'app' | 'account' | 'key',
  reference: string,
): ReturnType<AdminServices['kills']['targets']> {
  const { apps, accounts, keys } = store;
  const ask = { app: apps.list, account: accounts.list, key: () => keys.find(reference) };
  const found = await within(TARGET_MILLISECONDS, ask[scope]().catch(nullIfAway));
  return found ?? known[scope]();
}
