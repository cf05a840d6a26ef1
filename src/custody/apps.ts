import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { nameTaken } from '../store/collections.ts';
import type { Collection, KeyStore } from '../store/ports.ts';
import type { AppRecord } from '../store/records.ts';
import { refuseWithLiveKeys } from './live-keys.ts';
import type { KeyedLock } from '../kernel/keyed-lock.ts';

/** Apps as the operator sees them. What one has spent stays under its id in ledger and journal when it is gone. */
export interface Apps {
  /** Throws `conflict` where the name is taken; else `record` comes before. */
  add(app: AppRecord, record?: () => Promise<void>): Promise<void>;
  list(): Promise<readonly AppRecord[]>;
  /** Throws `conflict` while virtual keys of the app are in use; else `record` comes before. */
  remove(id: string, record?: () => Promise<void>): Promise<void>;
}

export interface AppsOptions {
  readonly apps: Collection<AppRecord>;
  readonly keys: KeyStore;
  readonly lock: KeyedLock;
  readonly clock: Pick<Clock, 'ledger'>;
  /** Called after each change; resolves when every data-plane process has heard of it. */
  readonly announce: () => Promise<void>;
}

export function createApps(options: AppsOptions): Apps {
  const { apps, lock, announce } = options;
  async function remove(id: string, record: (() => Promise<void>) | undefined): Promise<void> {
    if ((await apps.get(id)) === null) throw new RingfenceError('not_found', `There is no app ${id}.`);
    await refuseWithLiveKeys(options, 'app', id);
    await record?.();
    await apps.remove(id);
    await announce();
  }
  return Object.freeze({
    add: (app: AppRecord, record?: () => Promise<void>) =>
      lock('app added', async () => {
        if ((await apps.list()).some(({ name }) => name === app.name)) throw nameTaken('app', app.name);
        await record?.();
        await apps.put(app);
        await announce(); // Rules may name it: every process hears of it before it has a key.
      }),
    list: () => apps.list(),
    remove: (id: string, record?: () => Promise<void>) => lock(id, () => remove(id, record)),
  });
}
