import type { BudgetScope } from '../../store/records.ts';
import { pick, type Handlers } from './handler.ts';

export const budgetHandlers: Handlers<'budgets.put' | 'budgets.list' | 'budgets.remove'> = {
  'budgets.put': ({ services, input, actor }) =>
    services.budgets.put({ ...input, scope: withoutAbsent(input.scope) }, actor),
  'budgets.list': ({ services }) => services.budgets.list(),
  'budgets.remove': async ({ services, input, actor }) => {
    const { id } = pick('budget', await services.budgets.list(), input.budget);
    return { removed: await services.budgets.remove(id, actor) };
  },
};

function withoutAbsent(scope: {
  readonly [Name in keyof BudgetScope]: BudgetScope[Name] | undefined;
}): BudgetScope {
  return Object.fromEntries(Object.entries(scope).filter(([, names]) => names !== undefined));
}
