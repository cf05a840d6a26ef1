import type { AccountService } from '../../api/services/accounts.ts';
import type { KillService } from '../../api/services/kills.ts';
import { candidateName, previousName } from '../../custody/candidate.ts';
import { CHECKPOINT_KEY_SETTING } from '../../custody/checkpoint-key.ts';
import { rotationLockName } from '../../custody/rotation/rotations.ts';
import { rekey } from '../../custody/sealing/rekey.ts';
import { sealedAccounts, sealedKeys, sealedSettings } from '../../custody/sealing/sealed-records.ts';
import { AUTHORITY_KEY_SETTING } from '../../tls/authority.ts';
import { missingBands } from './bands.ts';
import type { Primary } from '../primary.ts';
import { createRotationService, refuseWhileRotating } from './rotation-service.ts';
import { stillNamed } from './still-named.ts';

/** Vendor accounts as the admin API sees them. */
export function createAccountService(primary: Primary, kills: Pick<KillService, 'list'>): AccountService {
  const { accounts, record, store, refreshPrices, rotations, lock } = primary;
  /** No rotation runs, and none begins before the work is done. */
  const withoutRotation = <T>(id: string, work: () => Promise<T>): Promise<T> =>
    lock(rotationLockName(id), async () => {
      refuseWhileRotating(primary, id);
      return work();
    });
  return {
    async seal(request, actor) {
      const { vendor, name } = request;
      const account = await accounts.seal(request, (target) =>
        record({ actor, act: 'account.seal', target, detail: { vendor, name } }),
      );
      const bands = missingBands(await store.prices.currencies(vendor), account);
      if (bands.length > 0) {
        const detail = { rows: bands.length, kind: 'band', currency: account.currency };
        await record({ actor, act: 'prices.put', target: vendor, detail });
        await store.prices.put(bands);
        await refreshPrices();
      }
      return account;
    },
    list: () => accounts.list(),
    async test(id, actor) {
      await record({ actor, act: 'account.test', target: id, detail: {} });
      return accounts.test(id);
    },
    reseal: (id, values, actor) =>
      withoutRotation(id, async () => {
        const detail = { fields: Object.keys(values) };
        const sealed = await accounts.reseal(id, values, () =>
          record({ actor, act: 'account.reseal', target: id, detail }),
        );
        await rotations.abandon(id);
        return sealed;
      }),
    remove: ({ id, name }, actor) =>
      withoutRotation(id, async () => {
        await accounts.remove(id, () => record({ actor, act: 'account.remove', target: id, detail: {} }));
        return stillNamed({ ...primary, kills }, { kind: 'account', id, name });
      }),
    ...createRotationService(primary),
    async rekey(actor) {
      const ringKey = primary.ring.newest;
      await record({ actor, act: 'accounts.rekey', target: 'all', detail: { ringKey } });
      const unread = await unreadKey(primary);
      return { ringKey, unread, ...(await rekeyAll(primary)) };
    },
  };
}

/** Name of a newer key in the ring file; null also when that cannot be read: the gateway goes on with what it read at its start. */
async function unreadKey({ ring, newestAtRest }: Primary): Promise<string | null> {
  const newest = await newestAtRest().catch(() => ring.newest);
  return ring.names.includes(newest) ? null : newest;
}

function rekeyAll({ store, sealers, lock }: Primary) {
  const names = async () => [
    CHECKPOINT_KEY_SETTING,
    AUTHORITY_KEY_SETTING,
    ...(await store.accounts.list()).flatMap(({ id }) => [candidateName(id), previousName(id)]),
  ];
  return rekey({
    sources: [
      sealedAccounts(store.accounts, sealers.account, lock),
      sealedKeys(store.keys, sealers.key, lock),
      sealedSettings(store.settings, sealers.setting, { names, lock }),
    ],
  });
}
