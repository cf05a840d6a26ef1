import type { Answer } from '../../api/contract.ts';
import { allKeys } from '../client/all-keys.ts';
import type { AdminClient } from '../client/client.ts';
import { namesOf } from '../client/names.ts';

type Budget = Answer<'budgets.put'>;

/** Names and ids of what a budget counts; nothing: everything. */
export function namedIn(scope: Budget['scope']): readonly string[] {
  return Object.values(scope).flatMap((names) => names ?? []);
}

/** What a command does not name is not kept: a budget of one app, given a new limit alone, counts everything. */
export async function changeWarnings(
  client: AdminClient,
  before: Budget,
  now: Budget,
): Promise<readonly string[]> {
  const scopes = [before, now].map(({ scope }) => namedIn(scope).toSorted());
  const nameOf = await namesOf(client, scopes.flat());
  const [old, counted] = scopes.map((names) => names.map(nameOf).join(' ') || 'everything');
  const gone = Object.keys(before.rates).filter((currency) => now.rates[currency] === undefined);
  return [
    ...(old === counted ? [] : [`it counted ${old} until now, and counts ${counted} from now on`]),
    ...(gone.length === 0 ? [] : [`its rate for ${gone.join(', ')} is gone: give --rate again to keep it`]),
  ];
}

/** A budget of money refuses what it has no rate for, which its owner may not expect of an account in another currency. */
export async function currencyWarnings(client: AdminClient, budget: Budget): Promise<readonly string[]> {
  const { unit, currency, rates } = budget;
  if (unit === 'count') return [];
  const accounts = await countedAccounts(client, budget.scope);
  return accounts
    .filter((account) => account.currency !== currency && rates[account.currency] === undefined)
    .map(
      (account) =>
        `the account ${account.name} is charged in ${account.currency}: what costs money there is refused until the budget has a rate, --rate ${account.currency}=…`,
    );
}

/** Those whose requests the budget counts; of an app or key, those that it has a key for. */
async function countedAccounts(client: AdminClient, { apps, keys, vendors, accounts }: Budget['scope']) {
  const fits = (wanted: readonly string[] | undefined, id: string) => wanted?.includes(id) ?? true;
  const found = (await client.call('accounts.list', {})).filter(
    ({ id, vendor }) => fits(accounts, id) && fits(vendors, vendor),
  );
  if (apps === undefined && keys === undefined) return found;
  const held = (await allKeys(client)).filter(
    ({ id, app, state }) => state === 'active' && fits(apps, app) && fits(keys, id),
  );
  return found.filter(({ id }) => held.some(({ account }) => account === id));
}
