import type { KillService } from '../../api/services/kills.ts';
import { namedInPolicy } from '../../guard/policy/unknown-names.ts';
import type { Primary } from '../primary.ts';

/** What is gone: an app or an account. */
interface Gone {
  readonly kind: 'app' | 'account';
  readonly id: string;
  readonly name: string;
}

const SCOPES = { app: 'apps', account: 'accounts' } as const;

interface Sources {
  readonly store: Pick<Primary['store'], 'budgets'>;
  readonly kills: Pick<KillService, 'list'>;
  readonly policyInForce: Primary['policyInForce'];
}

/** What speaks of what is gone, in words: whether that is still wanted a person knows. */
export async function stillNamed(
  { store, kills, policyInForce }: Sources,
  { kind, id, name }: Gone,
): Promise<readonly string[]> {
  const budgets = (await store.budgets.list()).filter(({ scope }) => scope[SCOPES[kind]]?.includes(id));
  const { document } = await policyInForce();
  const places = document === null ? [] : namedInPolicy(document, kind, [id, name]);
  const switches = (await kills.list()).filter(({ scope, target }) => scope === kind && target === id);
  return [
    ...budgets.map((budget) => `the budget ${budget.name} still names the ${kind}.`),
    ...places.map((place) =>
      place.name === id
        ? `${place.where} of the policy still names the ${kind}.`
        : `${place.where} of the policy still says ${JSON.stringify(name)}, and would mean a new ${kind} of this name.`,
    ),
    ...switches.map((one) => `the kill switch ${one.id} still names the ${kind}.`),
  ];
}
