import { buildRouteMap } from '@stricli/core';
import { accounts } from './nouns/accounts.ts';
import { apps } from './nouns/apps.ts';
import { budgets } from './nouns/budgets.ts';
import { canaries } from './nouns/canaries.ts';
import { complete, completion, help } from './nouns/help.ts';
import { journal } from './nouns/journal.ts';
import { keys } from './nouns/keys.ts';
import { kill } from './nouns/kill.ts';
import { leaks } from './nouns/leaks.ts';
import { ledger } from './nouns/ledger.ts';
import { policy } from './nouns/policy.ts';
import { prices } from './nouns/prices.ts';
import { ring } from './nouns/ring.ts';
import { scan } from './nouns/scan.ts';
import { system } from './nouns/system.ts';

/** All commands. */
export const routes = buildRouteMap({
  routes: {
    ...system,
    accounts,
    ring,
    apps,
    keys,
    scan,
    leaks,
    canaries,
    policy,
    budgets,
    prices,
    ledger,
    journal,
    kill,
    completion,
    help,
    __complete: complete,
  },
  docs: {
    brief: 'Security gateway for communications APIs',
    hideRoute: { __complete: true },
  },
});
