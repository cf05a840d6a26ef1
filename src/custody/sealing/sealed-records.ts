import type { Collection, KeyStore, SettingStore } from '../../store/ports.ts';
import type { AccountRecord, VirtualKeyRecord } from '../../store/records.ts';
import type { KeyedLock } from '../../kernel/keyed-lock.ts';
import type { SealedSource, SealedText } from './rekey.ts';
import type { Sealer } from './sealer.ts';

/** Vendor accounts as a source for `rekey`. */
export function sealedAccounts(
  accounts: Collection<AccountRecord>,
  sealer: Sealer,
  lock: KeyedLock,
): SealedSource {
  return {
    name: 'accounts',
    sealer,
    page: async (after, limit) => slice(await accounts.list(), after, limit),
    get: async (id) => (await accounts.get(id))?.sealed ?? null,
    replace: replaceIn(accounts, lock),
  };
}

/** Virtual keys as a source for `rekey`. */
export function sealedKeys(keys: KeyStore, sealer: Sealer, lock: KeyedLock): SealedSource {
  return {
    name: 'keys',
    sealer,
    page: (after, limit) => keys.page(after, limit),
    get: async (id) => (await keys.get(id))?.sealed ?? null,
    replace: replaceIn(keys, lock),
  };
}

/** Sealed settings by name. */
export function sealedSettings(
  settings: SettingStore,
  sealer: Sealer,
  { names, lock }: { readonly names: () => Promise<readonly string[]>; readonly lock: KeyedLock },
): SealedSource {
  const get = async (name: string) => (await settings.get(name)) || null; // Settings are cleared by writing ''.
  return {
    name: 'settings',
    sealer,
    get,
    async page(after, limit) {
      const read = async (id: string): Promise<SealedText> => ({ id, sealed: await get(id) });
      return slice(await Promise.all((await names()).map(read)), after, limit);
    },
    replace: (name, from, to) =>
      lock(name, async () => {
        if ((await settings.get(name)) !== from) return false;
        await settings.put(name, to);
        return true;
      }),
  };
}

function replaceIn<T extends AccountRecord | VirtualKeyRecord>(
  collection: Collection<T>,
  lock: KeyedLock,
): SealedSource['replace'] {
  return (id, from, to) =>
    lock(id, async () => {
      const record = await collection.get(id);
      if (record?.sealed !== from) return false;
      await collection.put({ ...record, sealed: to });
      return true;
    });
}

function slice(records: readonly SealedText[], after: string, limit: number): readonly SealedText[] {
  return records
    .filter(({ id }) => id > after)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}
