import type { Collection, KeyStore, PolicyStore, PriceStore, SettingStore } from '../ports.ts';
import { allPages, PAGE } from '../pages.ts';
import type { VirtualKeyRecord } from '../records.ts';
import type { CollectionName } from '../collections.ts';
import type { StoredKey } from './keys.ts';
import type { Call } from './thread.ts';

/** The control plane's half of the ports, in front of the thread. Records travel and rest as JSON. */
export function createCollection<T extends { readonly id: string; readonly name?: string }>(
  call: Call,
  collection: CollectionName,
): Collection<T> {
  return {
    put: (record) =>
      call('putRecord', collection, {
        id: record.id,
        name: record.name ?? null,
        body: JSON.stringify(record),
      }),
    async get(id) {
      const body = await call('getRecord', collection, id);
      return body === null ? null : (JSON.parse(body) as T);
    },
    async list() {
      const bodies = await call('listRecords', collection);
      return bodies.map((body) => JSON.parse(body) as T);
    },
    remove: (id) => call('removeRecord', collection, id),
  };
}

export function createKeys(call: Call): KeyStore {
  const page: KeyStore['page'] = async (after, limit) => (await call('pageKeys', after, limit)).map(toKey);
  return {
    put: (key) =>
      call('putKey', {
        id: key.id,
        name: key.name,
        active: key.state === 'active',
        replaces: key.replaces,
        lastUsedAt: key.lastUsedAt,
        body: JSON.stringify(key),
      }),
    async get(id) {
      const stored = await call('getKey', id);
      return stored === null ? null : toKey(stored);
    },
    list: () => allPages((last) => page(last?.id ?? '', PAGE)),
    page,
    pageByName: async (after, limit) => (await call('pageKeysByName', after, limit)).map(toKey),
    find: async (reference) => (await call('findKeys', reference)).map(toKey),
    remove: (id) => call('removeKey', id),
    touch: (uses) => call('touchKeys', [...uses]),
  };
}

function toKey({ body, lastUsedAt }: StoredKey): VirtualKeyRecord {
  return { ...(JSON.parse(body) as VirtualKeyRecord), lastUsedAt };
}

export function createPolicies(call: Call): PolicyStore {
  return {
    active: () => call('activePolicy'),
    put: (policy, expected) => call('putPolicy', policy, expected),
    list: () => call('listPolicies'),
  };
}

/** `lists`: a reading connection, for what may look at every row. */
export function createPrices(call: Call, lists: Call): PriceStore {
  return {
    put: (rows) => call('putPrices', rows),
    list: (filter) => lists('listPrices', filter),
    page: (after, limit) => call('pagePrices', after, limit),
    currencies: (vendor) => lists('priceCurrencies', vendor),
    remove: (vendor, kind) => call('removePrices', vendor, kind ?? null),
  };
}

export function createSettings(call: Call): SettingStore {
  return {
    get: (name) => call('getSetting', name),
    some: (names) => call('someSettings', names),
    put: (name, value) => call('putSetting', name, value),
  };
}
