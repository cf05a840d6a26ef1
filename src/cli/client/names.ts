import { allKeys } from './all-keys.ts';
import type { AdminClient } from './client.ts';

/** What people call a thing; an id of one that is gone, or that has no name, stands for itself. */
export type NameOf = (id: string) => string;

const LISTS = {
  app: (client: AdminClient) => client.call('apps.list', {}),
  account: (client: AdminClient) => client.call('accounts.list', {}),
  key: allKeys,
  budget: (client: AdminClient) => client.call('budgets.list', {}),
};

/** The names behind ids in answers, for tables: nobody typed an id. Asks for what the ids are of, and for no more. */
export async function namesOf(client: AdminClient, ids: readonly string[]): Promise<NameOf> {
  const kinds = (['app', 'account', 'key', 'budget'] as const).filter((kind) =>
    ids.some((id) => id.startsWith(`${kind}_`)),
  );
  const lists = await Promise.all(kinds.map((kind) => LISTS[kind](client)));
  const names = new Map(lists.flat().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

const ID = /\b(?:app|account|key|budget)_[a-z2-7]{16}\b/g;

/** Puts what people say in place of ids. */
export type Naming = (text: string, say: (id: string, name: string) => string) => Promise<string>;

/** Names for ids in text, asked for once. Records must be seen also while the store is away: then ids stay as they are. */
export function createNaming(client: AdminClient): Naming {
  const known = new Map<string, string>();
  return async (text, say) => {
    const unknown = (text.match(ID) ?? []).filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const nameOf = await namesOf(client, unknown).catch(() => (id: string) => id);
      for (const id of unknown) known.set(id, nameOf(id));
    }
    return text.replaceAll(ID, (id) => {
      const name = known.get(id) ?? id;
      return name === id ? id : say(id, name);
    });
  };
}
