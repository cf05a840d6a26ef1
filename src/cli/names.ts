import { allKeys } from './all-keys.ts';
import type { AdminClient } from './client.ts';

/** What people call a thing; an id of one that is gone, or that has no name, stands for itself. */
export type NameOf = (id: string) => string;

const LISTS = {
  app: (client: AdminClient) => client.call('apps.list', {}),
  account: (client: AdminClient) => client.call('accounts.list', {}),
  key: allKeys,
};

/** The names behind ids in answers, for tables: nobody typed an id. Asks for what the ids are of, and for no more. */
export async function namesOf(client: AdminClient, ids: readonly string[]): Promise<NameOf> {
  const kinds = (['app', 'account', 'key'] as const).filter((kind) =>
    ids.some((id) => id.startsWith(`${kind}_`)),
  );
  const lists = await Promise.all(kinds.map((kind) => LISTS[kind](client)));
  const names = new Map(lists.flat().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
