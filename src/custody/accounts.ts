import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { RandomBytes } from '../kernel/random.ts';
import type { Collection, KeyStore, SettingStore } from '../store/ports.ts';
import type { AccountRecord } from '../store/records.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';
import { readAccountFields, readUpstream } from './account-fields.ts';
import { createCandidates, type Candidates } from './candidate.ts';
import { isLive } from './key-entry.ts';
import { checkName } from './key-request.ts';
import { openAccount } from './open.ts';
import type { RecordLock } from './record-lock.ts';
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
  stage(id: string, values: Values): Promise<void>;
  /** Puts the staged values in use. The old ones are gone from here; revoke them at the vendor afterwards. */
  commit(id: string): Promise<AccountRecord>;
  discard(id: string): Promise<void>;
  /** Stage, test, commit. Throws `vendor_refused` and keeps the old values when the vendor refuses the new ones. */
  reseal(id: string, values: Values): Promise<AccountRecord>;
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

interface State extends AccountsOptions {
  readonly candidates: Candidates;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const candidates = createCandidates(options.settings, options.settingSealer);
  const state: State = { ...options, candidates };
  return Object.freeze({
    seal: (request: NewAccount) => seal(state, request),
    test: (id: string, which: Which = 'current') => test(state, id, which),
    stage: (id: string, values: Values) => stage(state, id, values),
    commit: (id: string) => commit(state, id, null),
    discard: candidates.discard,
    reseal: (id: string, values: Values) => options.lock(`reseal ${id}`, () => reseal(state, id, values)),
    get: (id: string) => get(state, id),
    list: () => options.accounts.list(),
    remove: (id: string) => options.lock(id, () => remove(state, id)),
  });
}

async function seal(state: State, request: NewAccount): Promise<AccountRecord> {
  const { vendor, name, values, upstream = null, currency } = request;
  checkName(name);
  const { custody, facts } = vendorOf(state, vendor);
  const { fields, secrets } = readAccountFields(custody.fields, values);
  const id = newId('account', state.random);
  return store(state, {
    id,
    vendor,
    name,
    fields,
    sealed: state.sealer.seal(secrets, id),
    upstream: readUpstream(upstream),
    currency: currency ?? facts.currency,
    createdAt: state.clock.wall(),
    testedAt: null,
  });
}

async function test(state: State, id: string, which: Which): Promise<AccountTest> {
  const record = await get(state, id);
  const account = which === 'current' ? openAccount(state.sealer, record) : await state.candidates.open(id);
  const { request, accepts } = vendorOf(state, record.vendor).custody.test(account, state.clock.wall());
  const response = await state.send(request, record.upstream);
  const accepted = accepts(response);
  if (accepted && which === 'current') await markTested(state, record);
  return { accepted, status: response.status };
}

/** Only if the credential is still the one that was tested. */
function markTested(state: State, { id, sealed }: AccountRecord): Promise<void> {
  return state.lock(id, async () => {
    const now = await state.accounts.get(id);
    if (now?.sealed === sealed) await store(state, { ...now, testedAt: state.clock.wall() });
  });
}

async function stage(state: State, id: string, values: Values): Promise<void> {
  const record = await get(state, id);
  const { fields } = vendorOf(state, record.vendor).custody;
  await state.candidates.put(id, readAccountFields(fields, values, openAccount(state.sealer, record)));
}

function commit(state: State, id: string, testedAt: number | null): Promise<AccountRecord> {
  return state.lock(id, async () => {
    const record = await get(state, id);
    const { fields, secrets } = await state.candidates.open(id);
    const sealed = state.sealer.seal(secrets, id);
    const stored = await store(state, { ...record, fields, sealed, testedAt });
    await state.candidates.discard(id);
    return stored;
  });
}

async function reseal(state: State, id: string, values: Values): Promise<AccountRecord> {
  await stage(state, id, values);
  const { accepted, status } = await test(state, id, 'candidate');
  if (accepted) return commit(state, id, state.clock.wall());
  await state.candidates.discard(id);
  throw new RingfenceError(
    'vendor_refused',
    `The vendor answered ${status} to the new credential; the old one stays in use.`,
  );
}

async function remove(state: State, id: string): Promise<void> {
  await get(state, id);
  const now = state.clock.ledger();
  const live = (await state.keys.list()).filter((key) => key.account === id && isLive(key, now));
  if (live.length > 0)
    throw new RingfenceError(
      'conflict',
      `${live.length} virtual keys of the account are in use; revoke them first.`,
    );
  await state.candidates.discard(id);
  await state.accounts.remove(id);
  await state.announce({ kind: 'remove', id });
}

async function get({ accounts }: State, id: string): Promise<AccountRecord> {
  const record = await accounts.get(id);
  if (record === null) throw new RingfenceError('not_found', `There is no vendor account ${id}.`);
  return record;
}

/** Written first: what the data-plane processes hear of survives a crash. */
async function store({ accounts, announce }: State, record: AccountRecord): Promise<AccountRecord> {
  await accounts.put(record);
  await announce({ kind: 'put', record });
  return record;
}

function vendorOf(state: State, id: string): Pick<Vendor, 'custody' | 'facts'> {
  const found = state.vendorOf(id);
  if (found === null) throw new RingfenceError('not_found', `There is no vendor ${JSON.stringify(id)}.`);
  return found;
}
