import type { AppRecord, VirtualKeyRecord } from '../store/records.ts';
import type { Part } from './processes/messages.ts';

type Named = Pick<AppRecord, 'id' | 'name' | 'createdAt'>;
type NamedKey = Pick<VirtualKeyRecord, 'state' | keyof Named>;

/** Names of apps, accounts and keys as they were last sent to the processes: known also while the store is away. */
export interface KnownNames {
  apply(part: Part): void;
  readonly app: () => readonly Named[];
  readonly account: () => readonly Named[];
  readonly key: () => readonly NamedKey[];
}

export function createKnownNames(): KnownNames {
  let apps: readonly Named[] = [];
  let accounts: readonly Named[] = [];
  const keys = new Map<string, NamedKey>();
  const named = ({ id, name, createdAt }: Named): Named => ({ id, name, createdAt });
  return Object.freeze({
    apply(part: Part) {
      if (part.kind === 'apps') apps = part.all.map(named);
      if (part.kind === 'accounts') accounts = part.all.map(named);
      if (part.kind !== 'keys') return;
      for (const { id, name, state, createdAt } of part.put) keys.set(id, { id, name, state, createdAt });
    },
    app: () => apps,
    account: () => accounts,
    key: () => [...keys.values()],
  });
}
