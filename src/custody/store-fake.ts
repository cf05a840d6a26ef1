import { RingfenceError } from '../kernel/errors.ts';
import type { Collection, KeyStore, SettingStore } from '../store/ports.ts';
import type { VirtualKeyRecord } from '../store/records.ts';

/** Stores in memory for the tests of this folder, with the promises that `store/ports.ts` makes. */
export function memoryCollection<T extends { readonly id: string; readonly name?: string }>(): Collection<T> {
  const records = new Map<string, T>();
  return {
    put(record) {
      const other = [...records.values()].find((one) => one.name === record.name && one.id !== record.id);
      if (record.name !== undefined && other !== undefined)
        return Promise.reject(new RingfenceError('conflict', `The name ${record.name} is taken.`));
      records.set(record.id, record);
      return Promise.resolve();
    },
    get: (id) => Promise.resolve(records.get(id) ?? null),
    list: () => Promise.resolve([...records.values()]),
    remove: (id) => Promise.resolve(records.delete(id)),
  };
}

export function memoryKeys(): KeyStore {
  const keys = memoryCollection<VirtualKeyRecord>();
  return {
    ...keys,
    async page(after, limit) {
      const all = (await keys.list()).filter(({ id }) => id > after);
      return all.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
    async pageByName(after, limit) {
      const all = (await keys.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
      return all.slice(from, from + limit);
    },
    find: async (reference) =>
      (await keys.list()).filter(({ id, name }) => id === reference || name === reference),
    async touch(uses) {
      for (const [id, lastUsedAt] of uses) {
        const record = await keys.get(id);
        if (record !== null) await keys.put({ ...record, lastUsedAt });
      }
    },
  };
}

export function memorySettings(): SettingStore {
  const values = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(values.get(name) ?? null),
    some: (names) => Promise.resolve(new Map([...values].filter(([name]) => names.includes(name)))),
    put(name, value) {
      values.set(name, value);
      return Promise.resolve();
    },
  };
}
