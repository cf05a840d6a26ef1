import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { RandomBytes } from '../kernel/random.ts';
import type { Collection, KeyStore, SettingStore } from '../store/ports.ts';
import type { AccountRecord } from '../store/records.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';
import { readAccountFields, readUpstream } from './account-fields.ts';
import { createCandidates } from './candidate.ts';
import { isLive } from './key-entry.ts';
import { checkName } from './key-request.ts';
import { openAccount } from './open.ts';
import type { RecordLock } from './record-lock.ts';
import type { Sealer } from './sealing/sealer.ts';

export interface NewAccount {
  readonly vendor: string;
  readonly name: string;
  /** Values of the adapter's fields, public and secret, by field name. */
  readonly values: Readonly<Record<string, string>>;
  readonly upstream?: string | null;
  /** Absent: the vendor's own. */
  readonly currency?: string;
}

/** The credential that the gateway uses, or one that waits to be committed. */
export type Which = 'current' | 'candidate';

export interface AccountTest {
  readonly accepted: boolean;
  /** HTTP status of the vendor's answer. */
  readonly status: number;
}

/** A change that the data-plane processes must hear of. */
export type AccountChange =
  | { readonly kind: 'put'; readonly record: AccountRecord }
  | { readonly kind: 'remove'; readonly id: string };

/** Vendor accounts: sealed once, used by the gateway, never shown again. No operation returns a secret. */
export interface Accounts {
  seal(request: NewAccount): Promise<AccountRecord>;
  /** Sends the adapter's harmless call. An account that the vendor accepts gets its `testedAt`. */
  test(id: string, which?: Which): Promise<AccountTest>;
  /** Seals new values beside the ones in use, which stay in use. Values that are not given are kept. */
  stage(id: string, values: Readonly<Record<string, string>>): Promise<void>;
  /** Puts the staged values in use. The old ones are gone from here; revoke them at the vendor afterwards. */
  commit(id: string): Promise<AccountRecord>;
  discard(id: string): Promise<void>;
  /** Stage, test, commit. Throws `vendor_refused` and keeps the old values when the vendor refuses the new ones. */
  reseal(id: string, values: Readonly<Record<string, string>>): Promise<AccountRecord>;
  get(id: string): Promise<AccountRecord>;
  list(): Promise<readonly AccountRecord[]>;
  /** Throws `conflict` while virtual keys of the account are in use. */
  remove(id: string): Promise<void>;
}

export interface AccountsOptions {
  readonly accounts: Collection<AccountRecord>;
  readonly keys: KeyStore;
  readonly settings: SettingStore;
  readonly vendorOf: (id: string) => Pick<Vendor, 'custody' | 'facts'> | null;
  /** Of purpose `account`. */
  readonly sealer: Sealer;
  /** Of purpose `setting`, for staged values. */
  readonly settingSealer: Sealer;
  readonly lock: RecordLock;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Sends a request to the vendor, or to `upstream`; checks its TLS, follows no redirect. */
  readonly send: (request: WireRequest, upstream: string | null) => Promise<WireResponse>;
  readonly announce: (change: AccountChange) => Promise<void>;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { accounts, sealer, lock, clock } = options;
  const candidates = createCandidates(options.settings, options.settingSealer);

  const custodyOf = (vendor: string) => {
    const found = options.vendorOf(vendor);
    if (found === null)
      throw new RingfenceError('not_found', `There is no vendor ${JSON.stringify(vendor)}.`);
    return found;
  };

  async function get(id: string): Promise<AccountRecord> {
    const record = await accounts.get(id);
    if (record === null) throw new RingfenceError('not_found', `There is no vendor account ${id}.`);
    return record;
  }

  async function store(record: AccountRecord): Promise<AccountRecord> {
    await accounts.put(record);
    await options.announce({ kind: 'put', record });
    return record;
  }

  async function test(id: string, which: Which = 'current'): Promise<AccountTest> {
    const record = await get(id);
    const account = which === 'current' ? openAccount(sealer, record) : await candidates.open(id);
    const { request, accepts } = custodyOf(record.vendor).custody.test(account, clock.wall());
    const response = await options.send(request, record.upstream);
    const accepted = accepts(response);
    if (accepted && which === 'current') await markTested(record);
    return { accepted, status: response.status };
  }

  /** Only if the credential is still the one that was tested. */
  function markTested({ id, sealed }: AccountRecord): Promise<void> {
    return lock(id, async () => {
      const now = await accounts.get(id);
      if (now?.sealed === sealed) await store({ ...now, testedAt: clock.wall() });
    });
  }

  async function stage(id: string, values: Readonly<Record<string, string>>): Promise<void> {
    const record = await get(id);
    const account = readAccountFields(
      custodyOf(record.vendor).custody.fields,
      values,
      openAccount(sealer, record),
    );
    await candidates.put(id, account);
  }

  const { discard } = candidates;

  const commit = (id: string, testedAt: number | null = null) =>
    lock(id, async () => {
      const record = await get(id);
      const { fields, secrets } = await candidates.open(id);
      const stored = await store({ ...record, fields, sealed: sealer.seal(secrets, id), testedAt });
      await discard(id);
      return stored;
    });

  return Object.freeze({
    async seal({ vendor, name, values, upstream = null, currency }: NewAccount) {
      checkName(name);
      const { custody, facts } = custodyOf(vendor);
      const { fields, secrets } = readAccountFields(custody.fields, values);
      const id = newId('account', options.random);
      return store({
        id,
        vendor,
        name,
        fields,
        sealed: sealer.seal(secrets, id),
        upstream: readUpstream(upstream),
        currency: currency ?? facts.currency,
        createdAt: clock.wall(),
        testedAt: null,
      });
    },
    test,
    stage,
    commit: (id: string) => commit(id),
    discard,
    reseal: (id: string, values: Readonly<Record<string, string>>) =>
      lock(`reseal ${id}`, async () => {
        await stage(id, values);
        const { accepted, status } = await test(id, 'candidate');
        if (accepted) return commit(id, clock.wall());
        await discard(id);
        throw new RingfenceError(
          'vendor_refused',
          `The vendor answered ${status} to the new credential; the old one stays in use.`,
        );
      }),
    get,
    list: () => accounts.list(),
    remove: (id: string) =>
      lock(id, async () => {
        await get(id);
        const now = clock.ledger();
        const live = (await options.keys.list()).filter((key) => key.account === id && isLive(key, now));
        if (live.length > 0)
          throw new RingfenceError(
            'conflict',
            `${live.length} virtual keys of the account are in use; revoke them first.`,
          );
        await discard(id);
        await accounts.remove(id);
        await options.announce({ kind: 'remove', id });
      }),
  });
}
