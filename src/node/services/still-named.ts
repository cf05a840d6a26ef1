import type { KillService } from '../../api/services.ts';
import { namedInPolicy } from '../../guard/policy/unknown-names.ts';
import type { AppRecord } from '../../store/records.ts';
import type { Primary } from '../primary.ts';

interface Sources {
  readonly store: Pick<Primary['store'], 'budgets'>;
  readonly kills: Pick<KillService, 'list'>;
  readonly policyInForce: Primary['policyInForce'];
}

/** What speaks of an app that is gone, in words: whether that is still wanted a person knows. */
export async function stillNamed(
  { store, kills, policyInForce }: Sources,
  { id, name }: Pick<AppRecord, 'id' | 'name'>,
): Promise<readonly string[]> {
  const budgets = (await store.budgets.list()).filter(({ scope }) => scope.apps?.includes(id));
  const { document } = await policyInForce();
  const places = document === null ? [] : namedInPolicy(document, 'app', [id, name]);
  const switches = (await kills.list()).filter(({ scope, target }) => scope === 'app' && target === id);
  return [
    ...budgets.map((budget) => `the budget ${budget.name} still names the app.`),
    ...places.map((place) =>
      place.name === id
        ? `${place.where} of the policy still names the app.`
        : `${place.where} of the policy still says ${JSON.stringify(name)}, and would mean a new app of this name.`,
    ),
    ...switches.map((one) => `the kill switch ${one.id} still names the app.`),
  ];
}
