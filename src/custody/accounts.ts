import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { RandomBytes } from '../kernel/random.ts';
import { nameTaken } from '../store/collections.ts';
import type { Collection, KeyStore, SettingStore } from '../store/ports.ts';
import type { AccountRecord } from '../store/records.ts';
import type { OpenAccount } from '../vendors/custody-adapter.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';
import { readAccountFields, readUpstream } from './account-fields.ts';
import { createCandidates, previousName, type Candidates } from './candidate.ts';
import { findAccount } from './find-account.ts';
import { checkName } from './key-request.ts';
import { refuseWithLiveKeys } from './live-keys.ts';
import { openAccount, sealAccount, tryOpenAccount } from './open.ts';
import type { KeyedLock } from '../kernel/keyed-lock.ts';
import type { Sealer } from './sealing/sealer.ts';

/** Values of the adapter's fields, public and secret, by field name. */
export type Values = Readonly<Record<string, string>>;

export interface NewAccount {
  readonly vendor: string;
  readonly name: string;
  readonly values: Values;
  readonly upstream?: string | null;
  /** Absent: the vendor's own. */
  readonly currency?: string;
}

export interface AccountTest {
  readonly accepted: boolean;
  /** HTTP status of the vendor's answer. */
  readonly status: number;
}

/** Vendor accounts: sealed once, used by the gateway, never shown again. No operation returns a secret. */
export interface Accounts {
  /** `record` is called with the new id once nothing is in the way, before the account is stored. */
  seal(request: NewAccount, record?: (id: string) => Promise<void>): Promise<AccountRecord>;
  /** Sends the adapter's harmless call. An account that the vendor accepts gets its `testedAt`. */
  test(id: string): Promise<AccountTest>;
  /** Puts in use what a rotation has staged. The old values are gone from here. */
  commit(id: string): Promise<AccountRecord>;
  /**
   * Puts new values in use when the vendor accepts each new secret by itself; else throws `vendor_refused` and keeps the
   * old ones. Values that are not given are kept. What a rotation has staged is not touched. `record` comes before they are
   * in use.
   */
  reseal(id: string, values: Values, record?: () => Promise<void>): Promise<AccountRecord>;
  get(id: string): Promise<AccountRecord>;
  list(): Promise<readonly AccountRecord[]>;
  /** Throws `conflict` while virtual keys of the account are in use; else `record` is called first. */
  remove(id: string, record?: () => Promise<void>): Promise<void>;
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
  readonly lock: KeyedLock;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Sends a request to the vendor, or to `upstream`; checks its TLS, follows no redirect. */
  readonly send: (request: WireRequest, upstream: string | null) => Promise<WireResponse>;
  /** Called after each change; resolves when every data-plane process has heard of it. */
  readonly announce: () => Promise<void>;
}

interface State extends AccountsOptions {
  readonly candidates: Candidates;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const candidates = createCandidates(options.settings, options.settingSealer);
  const state: State = { ...options, candidates };
  return Object.freeze({
    seal: (request: NewAccount, record?: (id: string) => Promise<void>) =>
      options.lock('account sealed', () => seal(state, request, record)),
    test: (id: string) => test(state, id),
    commit: (id: string) => options.lock(id, () => commit(state, id)),
    reseal: (id: string, values: Values, record?: () => Promise<void>) =>
      options.lock(`reseal ${id}`, () => reseal(state, { id, values, record })),
    get: (id: string) => findAccount(state.accounts, id),
    list: () => options.accounts.list(),
    remove: (id: string, record?: () => Promise<void>) => options.lock(id, () => remove(state, id, record)),
  });
}

async function seal(
  state: State,
  request: NewAccount,
  recordAct: ((id: string) => Promise<void>) | undefined,
): Promise<AccountRecord> {
  const { vendor, name, values, upstream = null, currency } = request;
  checkName(name);
  const { custody, facts } = vendorOf(state, vendor);
  const account = readAccountFields(custody.fields, values);
  for (const { alone } of proofsOf(account, values)) testOf(state, vendor, alone);
  if ((await state.accounts.list()).some((other) => other.name === name)) throw nameTaken('account', name);
  const id = newId('account', state.random);
  const destination = { id, vendor, fields: account.fields, upstream: readUpstream(upstream) };
  await recordAct?.(id);
  return store(state, {
    ...destination,
    name,
    sealed: sealAccount(state.sealer, destination, account.secrets),
    currency: currency ?? facts.currency,
    createdAt: state.clock.wall(),
    testedAt: null,
  });
}

async function test(state: State, id: string): Promise<AccountTest> {
  const record = await findAccount(state.accounts, id);
  const result = await ask(state, record, openAccount(state.sealer, record));
  if (result.accepted) await markTested(state, record);
  return result;
}

/** Whether the vendor of `record` accepts the credential of `account`. */
async function ask(state: State, record: AccountRecord, account: OpenAccount): Promise<AccountTest> {
  const { request, accepts } = testOf(state, record.vendor, account);
  const response = await state.send(request, record.upstream);
  return { accepted: accepts(response), status: response.status };
}

/** Throws `input_invalid` when no test can be sent: no credential is complete, or a key cannot sign as it was not copied whole. */
function testOf(state: State, vendor: string, account: OpenAccount) {
  const { custody } = vendorOf(state, vendor);
  try {
    return custody.test(account, state.clock.wall());
  } catch (cause) {
    if (cause instanceof RingfenceError) throw cause;
    const names = Object.keys(account.secrets).join(', ');
    throw new RingfenceError('input_invalid', `${names} cannot be used: is it whole?`, { cause });
  }
}

/** Notes the time of the test, if the credential is still the one that was tested. */
function markTested(state: State, { id, sealed }: AccountRecord): Promise<void> {
  return state.lock(id, async () => {
    const now = await state.accounts.get(id);
    if (now?.sealed === sealed) await store(state, { ...now, testedAt: state.clock.wall() });
  });
}

async function commit(state: State, id: string): Promise<AccountRecord> {
  const stored = await replace(state, id, { ...(await state.candidates.open(id)), testedAt: null });
  await state.candidates.discard(id);
  return stored;
}

interface Reseal {
  readonly id: string;
  readonly values: Values;
  readonly record: (() => Promise<void>) | undefined;
}

async function reseal(state: State, { id, values, record: recordAct }: Reseal): Promise<AccountRecord> {
  const record = await findAccount(state.accounts, id);
  const { custody } = vendorOf(state, record.vendor);
  const account = readAccountFields(custody.fields, values, knownOf(state, record));
  for (const { what, alone } of proofsOf(account, values)) {
    const { accepted, status } = await ask(state, record, alone);
    if (!accepted)
      throw new RingfenceError(
        'vendor_refused',
        `The vendor answered ${status} to the new ${what}; the old one stays in use.`,
      );
  }
  const testedAt = state.clock.wall();
  return state.lock(id, () => replace(state, id, { ...account, testedAt }, recordAct));
}

/**
 * The values that stay where no new one is given; none of an account that does not open. Throws `conflict` if that has an
 * `upstream`: it may have been changed in the store, to get at the secrets.
 */
function knownOf({ sealer }: State, record: AccountRecord): OpenAccount {
  const opening = tryOpenAccount(sealer, record);
  if (opening.ok) return opening.account;
  if (record.upstream === null) return { fields: {}, secrets: {} };
  const remedy = `nothing proves that ${record.upstream} is its server. Revoke its keys, remove it and seal it anew.`;
  throw new RingfenceError('conflict', `${opening.problem} So ${remedy}`);
}

/**
 * What the vendor must accept. Each new secret is tried alone: with others beside it, one of them could be what is accepted.
 * Where no secret is new, public fields have changed, and every secret must still be accepted.
 */
function proofsOf(
  { fields, secrets }: OpenAccount,
  values: Values,
): readonly { readonly what: string; readonly alone: OpenAccount }[] {
  const all = Object.entries(secrets);
  const given = all.filter(([name]) => (values[name] ?? '') !== '');
  const proven = given.length > 0 ? given : all;
  if (proven.length === 0) return [{ what: 'credential', alone: { fields, secrets } }];
  return proven.map(([what, secret]) => ({ what, alone: { fields, secrets: { [what]: secret } } }));
}

/** Replaces the values of an account. To be called under the lock of its id. */
async function replace(
  state: State,
  id: string,
  { fields, secrets, testedAt }: OpenAccount & Pick<AccountRecord, 'testedAt'>,
  recordAct?: () => Promise<void>,
): Promise<AccountRecord> {
  const record = await findAccount(state.accounts, id);
  knownOf(state, record); // Throws for a changed `upstream`, which must not be sealed.
  const next = { ...record, fields, testedAt };
  await recordAct?.();
  return store(state, { ...next, sealed: sealAccount(state.sealer, next, secrets) });
}

async function remove(state: State, id: string, record?: () => Promise<void>): Promise<void> {
  await findAccount(state.accounts, id);
  await refuseWithLiveKeys(state, 'account', id);
  await record?.();
  await state.candidates.discard(id);
  await state.settings.put(previousName(id), '');
  await state.accounts.remove(id);
  await state.announce();
}

/** Stored before it is announced: data-plane processes never use what a crash of this process could undo. */
async function store({ accounts, announce }: State, record: AccountRecord): Promise<AccountRecord> {
  await accounts.put(record);
  await announce();
  return record;
}

function vendorOf(state: State, id: string): Pick<Vendor, 'custody' | 'facts'> {
  const found = state.vendorOf(id);
  if (found === null) throw new RingfenceError('not_found', `There is no vendor ${JSON.stringify(id)}.`);
  return found;
}
