import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '../custody/accounts.ts';
import { createKeyedHash } from '../custody/keyed-hash.ts';
import { createRotations, type RotationsOptions } from '../custody/rotation/rotations.ts';
import type { Foundation } from './foundation.ts';
import type { Supervisor } from './supervisor.ts';

export interface RotatingOptions {
  readonly accounts: Accounts;
  readonly supervisor: Pick<Supervisor, 'reports'>;
  readonly onSettled: RotationsOptions['onSettled'];
}

/** Rotation of vendor accounts over the node's store, journal, data-plane processes and way to the vendors. */
export function openRotations(
  { store, registry, sealers, lock, clock, journal, send, ring }: Foundation,
  { accounts, supervisor, onSettled }: RotatingOptions,
) {
  return createRotations({
    accounts: store.accounts,
    settings: store.settings,
    vendorOf: registry.byId,
    sealer: sealers.account,
    settingSealer: sealers.setting,
    lock,
    index: createKeyedHash(ring.derive('index')),
    clock,
    random: randomBytes,
    send,
    commit: accounts.commit,
    async refusals(account) {
      const reports = await supervisor.reports();
      const counts = reports.flatMap(({ report }) => report.unauthorized.filter(([id]) => id === account));
      return counts.reduce((sum, [, count]) => sum + count, 0);
    },
    async record(act) {
      journal.append({ type: 'admin', at: clock.wall(), ...act });
      await journal.flush();
    },
    async incident(what, detail) {
      journal.append({ type: 'incident', at: clock.wall(), what, detail });
      await journal.flush();
    },
    onSettled,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  });
}
