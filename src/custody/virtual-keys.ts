import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { RandomBytes } from '../kernel/random.ts';
import { endsInVirtualSecret } from '../kernel/virtual-secret.ts';
import type { Collection, KeyStore } from '../store/ports.ts';
import type { AccountRecord, AppRecord, VirtualKeyRecord } from '../store/records.ts';
import type { CustodyAdapter, IssuedCredential, IssueSources } from '../vendors/custody-adapter.ts';
import { findWithCustody } from './find-account.ts';
import { createIssueSources } from './issue-sources.ts';
import { isLive } from './key-entry.ts';
import type { KeyedHash } from './keyed-hash.ts';
import {
  checkDuration,
  checkNetworks,
  checkRequest,
  invalidKey,
  successor,
  type NewKey,
  type KeyRotation,
} from './key-request.ts';
import type { KeyedLock } from '../kernel/keyed-lock.ts';
import type { Sealer } from './sealing/sealer.ts';
import { MAX_SIGNING_KEYS } from './signers.ts';

/** A new key and its credential. The credential is not kept in clear: this is the only time that it is shown. */
export interface CreatedKey {
  readonly record: VirtualKeyRecord;
  readonly credential: IssuedCredential;
}

/** Journals that a key of this id is made. */
export type RecordNew = (id: string) => Promise<void>;

export interface Restriction {
  /** CIDR blocks; empty: any network. */
  readonly networks: readonly string[];
  /** Journals it; hears of the key as it was. */
  readonly record?: (old: VirtualKeyRecord) => Promise<void>;
}

export interface VirtualKeys {
  /** Throws `not_found`, `input_invalid` or `conflict`; else `record` hears of the new key's id before there is one. */
  create(request: NewKey, record?: RecordNew): Promise<CreatedKey>;
  /** A new key like the old one, which ends after the overlap, or at its own end if that is sooner. */
  rotate(
    id: string,
    rotation: KeyRotation,
    record?: RecordNew,
  ): Promise<CreatedKey & { readonly replaced: VirtualKeyRecord }>;
  /** At once and for good. Revoking twice is no error. */
  revoke(id: string): Promise<VirtualKeyRecord>;
  /** At once. Throws `not_found`, `input_invalid`, or `conflict` for a key that can no longer be used. */
  restrict(id: string, restriction: Restriction): Promise<VirtualKeyRecord>;
  /** Lets the key end at the ledger time `at`; it never gets longer by this. */
  expire(id: string, at: number): Promise<VirtualKeyRecord>;
  get(id: string): Promise<VirtualKeyRecord>;
  /** In order of name, as `KeyStore.pageByName`. */
  page(after: string | null, limit: number): Promise<readonly VirtualKeyRecord[]>;
  /** The key with this id, and all that bear this name. */
  find(reference: string): Promise<readonly VirtualKeyRecord[]>;
}

export interface VirtualKeysOptions {
  readonly keys: KeyStore;
  readonly apps: Collection<AppRecord>;
  readonly accounts: Collection<AccountRecord>;
  readonly custodyOf: (vendor: string) => CustodyAdapter | null;
  /** Of purpose `key`. */
  readonly sealer: Sealer;
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
  readonly lock: KeyedLock;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Tells the data-plane processes; awaited, so that a revocation returns when it is in force. */
  readonly announce: (record: VirtualKeyRecord) => Promise<void>;
}

interface State extends VirtualKeysOptions {
  readonly sources: IssueSources;
}

/** Virtual keys as the operator sees them: made, listed, rotated, restricted, revoked. */
export function createVirtualKeys(options: VirtualKeysOptions): VirtualKeys {
  const { keys, lock, clock } = options;
  const state: State = { ...options, sources: createIssueSources(options.random) };
  return Object.freeze({
    create: (request: NewKey, record?: RecordNew) => create(state, request, { replaces: null, record }),
    rotate: (id: string, rotation: KeyRotation, record?: RecordNew) =>
      lock(id, () => rotate(state, id, { ...rotation, record })),
    revoke: (id: string) =>
      change(state, id, (old) => ({ ...old, state: 'revoked', revokedAt: old.revokedAt ?? clock.wall() })),
    restrict: (id: string, restriction: Restriction) => lock(id, () => restrict(state, id, restriction)),
    expire: (id: string, at: number) => change(state, id, (old) => endingAt(old, at)),
    get: (id: string) => get(state, id),
    page: (after: string | null, limit: number) => keys.pageByName(after, limit),
    find: (reference: string) => keys.find(reference),
  });
}

interface Origin extends Pick<VirtualKeyRecord, 'replaces'> {
  readonly record: RecordNew | undefined;
}

/** Neither its app nor its account is removed meanwhile, and no other takes its name. */
async function create(state: State, request: NewKey, origin: Origin): Promise<CreatedKey> {
  checkRequest(request);
  const { app, account } = request;
  const named = () => state.lock(`key named ${request.name}`, () => make(state, request, origin));
  return state.lock(app, () => state.lock(account, named));
}

async function make(
  state: State,
  request: NewKey,
  { replaces, record: recordNew }: Origin,
): Promise<CreatedKey> {
  const { account, custody } = await findFor(state, request);
  const credential = issue(account, custody, request.kind, state.sources);
  await checkRoom(state, credential, account.vendor);
  await checkName(state, request.name);
  const id = newId('key', state.random);
  await recordNew?.(id);
  const record = await store(state, {
    id,
    app: request.app,
    account: account.id,
    vendor: account.vendor,
    name: request.name,
    kind: credential.kind,
    publicId: credential.publicId,
    index: state.index(credential.verifier.reveal()),
    sealed: state.sealer.seal({ verifier: credential.verifier }, id),
    expiresAt: request.lifetime === null ? null : state.clock.ledger() + request.lifetime,
    networks: request.networks,
    state: 'active',
    replaces,
    createdAt: state.clock.wall(),
    revokedAt: null,
    lastUsedAt: null,
  });
  return { record, credential };
}

async function rotate(
  state: State,
  id: string,
  { record, ...rotation }: KeyRotation & Pick<Origin, 'record'>,
): Promise<CreatedKey & { readonly replaced: VirtualKeyRecord }> {
  const { keys, clock } = state;
  const old = await getLive(state, id);
  checkDuration('overlap', rotation.overlap, 0);
  const request = successor(old, rotation, await keys.list());
  const created = await create(state, request, { replaces: old.id, record });
  const replaced = await store(state, endingAt(old, clock.ledger() + rotation.overlap));
  return { ...created, replaced };
}

async function restrict(
  state: State,
  id: string,
  { networks, record }: Restriction,
): Promise<VirtualKeyRecord> {
  checkNetworks(networks);
  const old = await getLive(state, id);
  await record?.(old);
  return store(state, { ...old, networks });
}

function change(
  state: State,
  id: string,
  edit: (old: VirtualKeyRecord) => VirtualKeyRecord,
): Promise<VirtualKeyRecord> {
  return state.lock(id, async () => store(state, edit(await get(state, id))));
}

async function get({ keys }: State, id: string): Promise<VirtualKeyRecord> {
  const record = await keys.get(id);
  if (record === null) throw new RingfenceError('not_found', `There is no virtual key ${id}.`);
  return record;
}

async function getLive(state: State, id: string): Promise<VirtualKeyRecord> {
  const record = await get(state, id);
  if (isLive(record, state.clock.ledger())) return record;
  throw new RingfenceError('conflict', `The virtual key ${record.name} can no longer be used; create one.`);
}

/** Written first: what the data-plane processes hear of survives a crash. */
async function store({ keys, announce }: State, record: VirtualKeyRecord): Promise<VirtualKeyRecord> {
  await keys.put(record);
  await announce(record);
  return record;
}

function issue(
  account: AccountRecord,
  custody: CustodyAdapter,
  wanted: NewKey['kind'],
  sources: IssueSources,
): IssuedCredential {
  const kind = wanted ?? custody.kinds[0];
  if (kind === undefined || !custody.kinds.includes(kind))
    throw invalidKey(`${account.vendor} has no keys of kind ${kind}, only ${custody.kinds.join(', ')}`);
  const credential = custody.issue(kind, account.fields, sources);
  if (credential.kind === 'secret' && !endsInVirtualSecret(credential.verifier.reveal()))
    throw new RingfenceError('internal', `The adapter of ${account.vendor} issued a secret of another form.`);
  return credential;
}

/** A token is checked against every signing key of its public id, so there may not be too many. */
async function checkRoom(
  { keys, clock }: State,
  { kind, publicId }: IssuedCredential,
  vendor: string,
): Promise<void> {
  if (kind === 'secret') return;
  const now = clock.ledger();
  const signing = (await keys.list()).filter(
    (one) => one.kind !== 'secret' && one.vendor === vendor && one.publicId === publicId && isLive(one, now),
  );
  if (signing.length >= MAX_SIGNING_KEYS)
    throw new RingfenceError(
      'conflict',
      `${publicId} has ${signing.length} signing keys in use, which is the most there may be. Revoke some first.`,
    );
}

/** As the store does, before anything is recorded: a key gives its name free when it is revoked or replaced. */
async function checkName({ keys, clock }: State, name: string): Promise<void> {
  const namesakes = (await keys.find(name)).filter((one) => one.name === name && one.state === 'active');
  if (namesakes.length === 0) return;
  const replaced = new Set((await keys.list()).map(({ replaces }) => replaces));
  const holder = namesakes.find(({ id }) => !replaced.has(id));
  if (holder === undefined) return;
  const message = isLive(holder, clock.ledger())
    ? `Another live key is called ${name}`
    : `The name ${name} is that of a key that has expired: \`ringfence keys revoke ${holder.id}\` frees it.`;
  throw new RingfenceError('conflict', message);
}

async function findFor({ apps, accounts, custodyOf }: VirtualKeysOptions, { app, account }: NewKey) {
  if ((await apps.get(app)) === null) throw new RingfenceError('not_found', `There is no app ${app}.`);
  return findWithCustody(accounts, custodyOf, account);
}

function endingAt(record: VirtualKeyRecord, at: number): VirtualKeyRecord {
  return { ...record, expiresAt: Math.min(at, record.expiresAt ?? Infinity) };
}
