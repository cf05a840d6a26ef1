import { RingfenceError } from '../../kernel/errors.ts';
import type { BudgetRecord, BudgetScope } from '../../store/records.ts';
import type { AdminServices } from '../services/all.ts';
import type { Handlers } from './handler.ts';
import { byName, checkVendor, pick, findKey } from './named.ts';

export const budgetHandlers: Handlers<`budgets.${'put' | 'list' | 'presumed' | 'release' | 'remove'}`> = {
  'budgets.put': async ({ services, input, actor }) => {
    checkWhole(input.unit, input.limit);
    return services.budgets.put({ ...input, scope: await resolveScope(services, input.scope) }, actor);
  },
  'budgets.list': async ({ services }) => byName(await services.budgets.uses()),
  'budgets.presumed': async ({ services, input }) => {
    const budget = pick('budget', await services.budgets.list(), input.budget);
    const { name, unit, currency, window } = budget;
    const held = (await services.budgets.presumed(budget)).map(({ node, epoch, period, amount }) => ({
      process: `${node}-${epoch}`,
      period: window.kind === 'total' ? null : period,
      amount,
    }));
    const presumed = held.reduce((sum, { amount }) => sum + amount, 0);
    return { name, unit, currency, presumed, held };
  },
  'budgets.release': async ({ services, input, actor }) => {
    const budget = pick('budget', await services.budgets.list(), input.budget);
    const { name, unit, currency } = budget;
    const { process = null, amount = null, presumed, reason } = input;
    if (amount !== null) checkWhole(unit, amount);
    const released = await services.budgets.release(budget, { process, amount, presumed, reason }, actor);
    return { name, unit, currency, released };
  },
  'budgets.remove': async ({ services, input, actor }) => {
    const { id } = pick('budget', await services.budgets.list(), input.budget);
    return { removed: await services.budgets.remove(id, actor) };
  },
};

/** One message or call in a count budget, in micros. */
const ONE = 1_000_000;

function checkWhole(unit: BudgetRecord['unit'], amount: number): void {
  if (unit === 'count' && amount % ONE !== 0)
    throw new RingfenceError('input_invalid', 'A number of messages and calls is whole.');
}

type GivenScope = { readonly [Name in keyof BudgetScope]: BudgetScope[Name] | undefined };

/** Turns the names in a scope into ids. Throws for an unknown name: a budget for it would count nothing and protect nobody. */
async function resolveScope(services: AdminServices, given: GivenScope): Promise<BudgetScope> {
  const { apps, accounts, keys, vendors } = given;
  for (const vendor of vendors ?? []) checkVendor(services, vendor);
  const resolved = {
    ...given,
    apps: apps && idsOf('app', await services.apps.list(), apps),
    accounts: accounts && idsOf('vendor account', await services.accounts.list(), accounts),
    keys: keys && (await keyIds(services, keys)),
  };
  return Object.fromEntries(Object.entries(resolved).filter(([, names]) => names !== undefined));
}

async function keyIds(services: AdminServices, references: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const reference of references) ids.push((await findKey(services, reference)).id);
  return ids;
}

function idsOf(
  what: string,
  records: readonly { readonly id: string; readonly name: string }[],
  references: readonly string[],
): readonly string[] {
  return references.map((reference) => pick(what, records, reference).id);
}
