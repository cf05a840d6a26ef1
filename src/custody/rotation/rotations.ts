import { RingfenceError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { SecretRotation } from '../../vendors/management-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { findAccount } from '../find-account.ts';
import { openAccount } from '../open.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import type { KeyedLock } from '../../kernel/keyed-lock.ts';
import { hasEnded, type RotationRecord } from './record.ts';
import { createRunner, type RunnerOptions } from './runner.ts';

export interface RotationRequest {
  /** Id of the account. */
  readonly account: string;
  /** Field to replace; null where the account has only one that can be. */
  readonly secret: string | null;
  readonly actor: string;
  readonly reason: string;
  /** Milliseconds of watching before the old secret is retired; at least two seconds. */
  readonly watch?: number;
  readonly isForced?: boolean;
}

/** What came of asking for a rotation. */
export type RotationAnswer =
  | { readonly kind: 'rotation'; readonly record: RotationRecord }
  /** The vendor has no API for it: what a person does instead. */
  | { readonly kind: 'guide'; readonly secret: string; readonly steps: readonly string[] };

export interface Rotations {
  /**
   * Begins a rotation, or takes up one that stopped; it runs on by itself. Throws `conflict` while one runs and
   * `input_invalid` when it is not clear which secret is meant.
   */
  start(request: RotationRequest): Promise<RotationAnswer>;
  /** The latest rotation of the account. */
  get(account: string): Promise<RotationRecord | null>;
  list(): Promise<readonly RotationRecord[]>;
  isRunning(account: string): boolean;
  /** Ends one that has halted: somebody has sealed another credential. Nothing is done at the vendor. */
  abandon(account: string): Promise<void>;
  /** Takes up everything that was under way when the process ended. */
  resume(): Promise<void>;
  /** Resolves when the account's rotation has ended or halted. */
  settled(account: string): Promise<RotationRecord | null>;
  /** Secrets that a webhook of this account may be signed with: the one in use, and the other generation while a change is fresh. */
  webhookSecrets(account: string, secret: string): Promise<readonly Secret[]>;
  /** Stops at the next pause; `resume` of the next process goes on. */
  close(): Promise<void>;
}

export interface RotationsOptions extends RunnerOptions {
  readonly vendorOf: (id: string) => Pick<Vendor, 'custody' | 'management'> | null;
  readonly lock: KeyedLock;
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
}

/** Held by whoever replaces the credential of an account, by a rotation or by hand. */
export const rotationLockName = (account: string): string => `rotation ${account}`;

const WATCH_MILLISECONDS = 10_000;
const LEAST_WATCH_MILLISECONDS = 2000;
/** Webhooks that were signed before the change are retried for about this long. */
const WEBHOOK_OVERLAP_MILLISECONDS = 24 * 3600 * 1000;

export function createRotations(options: RotationsOptions): Rotations {
  const { accounts, sealer, vendorOf } = options;
  const runner = createRunner(options);
  const { store, candidates, previous } = runner;

  async function start(request: RotationRequest): Promise<RotationAnswer> {
    const account = await findAccount(accounts, request.account);
    const open = await store.get(account.id);
    if (runner.isRunning(account.id))
      throw new RingfenceError(
        'conflict',
        'A rotation of this account is under way already: `ringfence accounts rotations` shows how far it is.',
      );
    if (open !== null && !hasEnded(open)) return takeUp(account, open, request);
    const secret = secretOf(request.secret, vendorOf(account.vendor), openAccount(sealer, account));
    if (secret.rotation === null) return { kind: 'guide', secret: secret.name, steps: secret.guide };
    await candidates.discard(account.id);
    await previous.discard(account.id);
    const blank = newRecord(options, request, { account, secret: secret.name });
    const record = await runner.advance(blank, {});
    runner.run(record, account, secret.rotation);
    return { kind: 'rotation', record };
  }

  /** One that halted goes on, now perhaps forced, in the name of whoever asks; after a crash in that of who began it. */
  async function takeUp(
    account: AccountRecord,
    open: RotationRecord,
    request: Partial<RotationRequest>,
  ): Promise<RotationAnswer> {
    const { secret, actor = open.actor, reason = open.reason, isForced = false } = request;
    if (typeof secret === 'string' && secret !== open.secret)
      throw new RingfenceError(
        'conflict',
        `The rotation of ${open.secret} has stopped; continue it first: --secret ${open.secret}.`,
      );
    const rotation = vendorOf(account.vendor)?.management?.rotations[open.secret];
    if (rotation === undefined)
      throw new RingfenceError('not_found', `${account.vendor} has no rotation of ${open.secret}.`);
    const change = { actor, reason, problem: null, isForced: open.isForced || isForced };
    const record = await runner.advance(open, change);
    runner.run(record, account, rotation);
    return { kind: 'rotation', record };
  }

  async function list(): Promise<readonly RotationRecord[]> {
    return store.some((await accounts.list()).map(({ id }) => id));
  }

  return Object.freeze({
    start: (request: RotationRequest) =>
      options.lock(rotationLockName(request.account), async () => start(request)),
    get: store.get,
    list,
    isRunning: runner.isRunning,
    abandon: (account: string) => abandon(runner, account),
    async resume() {
      for (const record of await list())
        if (!hasEnded(record) && !runner.isRunning(record.account))
          await takeUp(await findAccount(accounts, record.account), record, {});
    },
    settled: runner.settled,
    webhookSecrets: (account: string, name: string) => webhookSecrets(options, runner, { account, name }),
    close: runner.close,
  });
}

async function abandon(runner: ReturnType<typeof createRunner>, account: string): Promise<void> {
  const { store, candidates, previous } = runner;
  const open = await store.get(account);
  if (open === null || hasEnded(open) || runner.isRunning(account)) return;
  await previous.discard(account);
  await candidates.discard(account);
  await runner.advance(open, { phase: 'rolled-back', note: 'Another credential was sealed by hand.' });
}

async function webhookSecrets(
  { accounts, sealer, clock }: RotationsOptions,
  { store, previous }: ReturnType<typeof createRunner>,
  { account, name }: { readonly account: string; readonly name: string },
): Promise<readonly Secret[]> {
  const record = await accounts.get(account);
  const current = record === null ? undefined : openAccount(sealer, record).secrets[name];
  const latest = await store.get(account);
  const isFresh =
    latest?.secret === name &&
    (latest.endedAt === null || clock.wall() - latest.endedAt < WEBHOOK_OVERLAP_MILLISECONDS) &&
    (await previous.has(account));
  const other = isFresh ? (await previous.open(account)).secrets[name] : undefined;
  return [current, other].filter((one) => one !== undefined);
}

function newRecord(
  { sealer, index, random, clock }: RotationsOptions,
  request: RotationRequest,
  { account: record, secret }: { readonly account: AccountRecord; readonly secret: string },
): RotationRecord {
  const { account, actor, reason, watch = WATCH_MILLISECONDS, isForced = false } = request;
  const now = clock.wall();
  return {
    id: newId('rotation', random),
    account,
    secret,
    replaced: index(openAccount(sealer, record).secrets[secret]?.reveal() ?? ''),
    actor,
    reason,
    phase: 'creating',
    startedAt: now,
    endedAt: null,
    watch: Math.max(watch, LEAST_WATCH_MILLISECONDS),
    isForced,
    tries: 0,
    known: [],
    created: null,
    refusedBefore: 0,
    problem: null,
    steps: [{ phase: 'creating', at: now, note: '' }],
  };
}

type Chosen =
  | { readonly name: string; readonly rotation: SecretRotation }
  | { readonly name: string; readonly rotation: null; readonly guide: readonly string[] };

/** The secret that is meant. The account must have it; without a name there must be only one. */
function secretOf(
  wanted: string | null,
  vendor: Pick<Vendor, 'custody' | 'management'> | null,
  { secrets }: ReturnType<typeof openAccount>,
): Chosen {
  const has = (vendor?.custody.fields ?? []).filter(({ name, secret }) => secret && name in secrets);
  const names = has.map(({ name }) => name);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined)
    throw new RingfenceError(
      'input_invalid',
      `The account has several secrets; name one with --secret: ${names.join(', ')}.`,
    );
  if (!names.includes(name))
    throw new RingfenceError('input_invalid', `The account has no secret ${name}, only ${names.join(', ')}.`);
  const rotation = vendor?.management?.rotations[name];
  if (rotation !== undefined) return { name, rotation };
  return { name, rotation: null, guide: vendor?.management?.guides[name] ?? GENERAL_GUIDE };
}

const GENERAL_GUIDE: readonly string[] = [
  'Create a new credential at the vendor, beside the old one if possible.',
  'Seal it: `ringfence accounts reseal ACCOUNT`. The gateway tests it before it uses it; apps are not interrupted.',
  'Delete the old one at the vendor.',
];
