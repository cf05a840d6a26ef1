import { allKeys } from './all-keys.ts';
import type { AdminClient } from './client.ts';

/** Name of the thing with an id. If it is gone, or has no name, its id. */
export type NameOf = (id: string) => string;

const LISTS = {
  app: (client: AdminClient) => client.call('apps.list', {}),
  account: (client: AdminClient) => client.call('accounts.list', {}),
  key: allKeys,
  budget: (client: AdminClient) => client.call('budgets.list', {}),
};

/** Names for the ids in an answer, for tables, since people do not know ids. Lists only the kinds of things that the ids are of. */
export async function namesOf(client: AdminClient, ids: readonly string[]): Promise<NameOf> {
  const kinds = (['app', 'account', 'key', 'budget'] as const).filter((kind) =>
    ids.some((id) => id.startsWith(`${kind}_`)),
  );
  const lists = await Promise.all(kinds.map((kind) => LISTS[kind](client)));
  const names = new Map(lists.flat().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

const ID = /\b(?:app|account|key|budget)_[a-z2-7]{16}\b/g;

/** Replaces each known id in a text by what `say` makes of the id and its name. */
export type Naming = (text: string, say: (id: string, name: string) => string) => Promise<string>;

/** Names for the ids in text; they are fetched once. While the store is away ids stay as they are, so that records can still be read. */
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
