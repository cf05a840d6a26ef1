import type { AdminAct } from '../../journal/records.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import type { SettingStore } from '../../store/ports.ts';
import type { VirtualKeyRecord } from '../../store/records.ts';
import type { KeyedLock } from '../../kernel/keyed-lock.ts';
import type { RotationAnswer, RotationRequest } from '../rotation/rotations.ts';
import { hashesOf, matchOf, readIndex, type MatcherOptions } from './match.ts';
import { createLeakStore, type LeakMatch, type LeakRecord, type LeakStore } from './record.ts';
import { guideFor, newLeak, readPresent, seenAgain, updated, type ReportedLeak } from './state.ts';

export interface ResponseOptions {
  readonly actor: string;
  readonly watch?: number;
  readonly isForced?: boolean;
}

export interface Responded {
  readonly leak: LeakRecord;
  /** What a person must do; empty when it is done or under way. */
  readonly guide: readonly string[];
}

export interface Leaks {
  /** Remembers what was found, without the values. Returns the leaks that they are, in the same order. */
  report(found: readonly ReportedLeak[], actor: string): Promise<readonly LeakRecord[]>;
  /** Brought up to date first. */
  list(): Promise<readonly LeakRecord[]>;
  /** As it was left, without opening anything: for status and metrics, which are asked for all the time. */
  stored(): Promise<readonly LeakRecord[]>;
  /** Throws `not_found`. */
  get(id: string): Promise<LeakRecord>;
  /** Revokes the virtual key, or rotates the account's secret at the vendor. */
  respond(id: string, options: ResponseOptions): Promise<Responded>;
  dismiss(id: string, reason: string, actor: string): Promise<LeakRecord>;
  /** Brings every leak up to date with accounts, keys and rotations. */
  refresh(): Promise<void>;
  /** Responds to the leaks that had to wait for a rotation of their account. To be called when one has ended. */
  retryWaiting(): Promise<void>;
}

export interface LeaksOptions extends MatcherOptions {
  readonly settings: SettingStore;
  readonly rotate: (request: RotationRequest) => Promise<RotationAnswer>;
  readonly revoke: (key: string) => Promise<VirtualKeyRecord>;
  /** What may be done without asking: nothing, revoke virtual keys, or also rotate accounts. */
  readonly automatic: () => Promise<'ask' | 'keys' | 'all'>;
  readonly record: (act: AdminAct) => Promise<void>;
  readonly lock: KeyedLock;
  readonly clock: Pick<Clock, 'wall' | 'ledger'>;
  readonly random: RandomBytes;
}

const MOST_LEAKS = 5000;

/** Reported leaks: what they belong to, and the response to each. */
export function createLeaks(options: LeaksOptions): Leaks {
  const { clock, lock, record } = options;
  const store = createLeakStore(options.settings);
  const alone = <T>(work: () => Promise<T>): Promise<T> => lock('leaks', work);

  async function change(id: string, edit: Partial<LeakRecord>): Promise<LeakRecord> {
    return alone(async () => {
      const all = await store.list();
      const found = pickLeak(all, id);
      const changed = { ...found, ...edit };
      await store.put(all.map((one) => (one.id === found.id ? changed : one)));
      return changed;
    });
  }

  const refresh = () =>
    alone(async () => {
      const all = await store.list();
      if (all.length === 0) return;
      const present = await readPresent(options);
      const next = all.map((leak) => updated(leak, present, clock));
      if (next.some((leak, place) => leak !== all[place])) await store.put(next);
    });

  const respond = createResponder(options, { list: store.list, change, refresh });

  return Object.freeze({
    async report(found: readonly ReportedLeak[], actor: string) {
      await refresh();
      const ids = await lock('leaks answered', async () => {
        const { fresh, ids: known } = await alone(async () => remember(options, store, { found, actor }));
        await respondAlone(options, { respond, change }, fresh);
        return known;
      });
      const all = await store.list();
      return ids.map((id) => pickLeak(all, id));
    },
    async list() {
      await refresh();
      return store.list();
    },
    stored: store.list,
    async get(id: string) {
      await refresh();
      return pickLeak(await store.list(), id);
    },
    respond,
    async dismiss(id: string, reason: string, actor: string) {
      const leak = pickLeak(await store.list(), id);
      await record({ actor, act: 'leak.dismiss', target: leak.id, detail: { reason } });
      return change(leak.id, { state: 'dismissed', note: reason, endedAt: clock.wall() });
    },
    refresh,
    async retryWaiting() {
      await refresh();
      await lock('leaks answered', async () => {
        const waiting = (await store.list()).filter((leak) => leak.state === 'open' && leak.isWaiting);
        await respondAlone(options, { respond, change }, waiting);
      });
    },
  });
}

/** Adds what is new. Which leak each found value is, and which are new. */
async function remember(
  options: LeaksOptions,
  store: LeakStore,
  { found, actor }: { readonly found: readonly ReportedLeak[]; readonly actor: string },
) {
  const { clock, index, record } = options;
  const known = await readIndex(options);
  const automatic = await options.automatic();
  const all = new Map((await store.list()).map((leak) => [leak.hash, leak]));
  const fresh: LeakRecord[] = [];
  for (const one of found) {
    const hashes = hashesOf(one.value.reveal(), index);
    const old = all.get(hashes.hash);
    const leak = old === undefined ? newLeak(one, hashes, options) : seenAgain(old, one, clock.wall());
    const match = matchOf(known, leak) ?? leak.match;
    // A crash before the response must not leave it undone.
    const isWaiting = old === undefined && isAllowed(automatic, match);
    const next = isWaiting ? { ...leak, match, isWaiting } : { ...leak, match };
    all.set(hashes.hash, next);
    if (old === undefined) fresh.push(next);
  }
  const ids = found.map(({ value }) => all.get(hashesOf(value.reveal(), index).hash)?.id ?? '');
  const kept = withinLimit([...all.values()], new Set(ids));
  for (const { id, rule, masked, match } of fresh)
    await record({ actor, act: 'leak.report', target: id, detail: { rule, masked, match } });
  await store.put(kept);
  return { fresh, ids };
}

/** Those that ended longest ago make room; open ones, and those that are `seen` now, never do. */
function withinLimit(all: readonly LeakRecord[], seen: ReadonlySet<string>): readonly LeakRecord[] {
  const ended = all
    .filter(({ id, endedAt }) => endedAt !== null && !seen.has(id))
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const surplus = all.length - MOST_LEAKS;
  if (surplus > ended.length)
    throw new RingfenceError(
      'input_invalid',
      `More than ${MOST_LEAKS} leaks are open; respond to some, or dismiss them, first.`,
    );
  const forgotten = new Set(ended.slice(0, Math.max(0, surplus)));
  return all.filter((leak) => !forgotten.has(leak));
}

/** What a response does with the stored leaks. */
interface LeakAccess {
  list(): Promise<readonly LeakRecord[]>;
  change(id: string, edit: Partial<LeakRecord>): Promise<LeakRecord>;
  refresh(): Promise<void>;
}

function createResponder(options: LeaksOptions, { list, change, refresh }: LeakAccess): Leaks['respond'] {
  const { clock, record } = options;

  async function revoke(leak: LeakRecord, key: string, actor: string): Promise<Responded> {
    await record({ actor, act: 'leak.respond', target: leak.id, detail: { key } });
    await options.revoke(key);
    const at = clock.wall();
    const response = { kind: 'revoked', rotation: null, actor, at } as const;
    const note = 'The virtual key is revoked.';
    return { leak: await change(leak.id, { state: 'resolved', response, note, endedAt: at }), guide: [] };
  }

  async function rotate(leak: LeakRecord, request: Omit<RotationRequest, 'reason'>): Promise<Responded> {
    const { account, secret, actor } = request;
    await record({ actor, act: 'leak.respond', target: leak.id, detail: { account, secret } });
    const answer = await options.rotate({ ...request, reason: leak.id });
    if (answer.kind === 'guide') return { leak, guide: answer.steps };
    const response = { kind: 'rotating', rotation: answer.record.id, actor, at: clock.wall() } as const;
    const edit = { state: 'responding', response, note: '', endedAt: null } as const;
    return { leak: await change(leak.id, edit), guide: [] };
  }

  return async (id, { actor, ...how }) => {
    await refresh();
    const leak = pickLeak(await list(), id);
    // Only what is in use now is ended: an old match may stand for a secret that has been replaced since.
    const match = leak.state === 'resolved' ? null : matchOf(await readIndex(options, 'present'), leak);
    if (match?.kind === 'key') return revoke(leak, match.key, actor);
    if (match?.kind === 'account')
      return rotate(leak, { account: match.account, secret: match.secret, actor, ...how });
    return { leak, guide: guideFor(leak) };
  };
}

/**
 * What policy allows without asking. A response that fails leaves the leak open, with the reason; a rotation of its account
 * that is under way is waited for.
 */
async function respondAlone(
  options: LeaksOptions,
  { respond, change }: Pick<Leaks, 'respond'> & Pick<LeakAccess, 'change'>,
  leaks: readonly LeakRecord[],
): Promise<void> {
  const automatic = await options.automatic();
  for (const { id, match, isWaiting = false } of leaks) {
    if (!isAllowed(automatic, match)) continue;
    const failed = await respond(id, { actor: 'policy' }).then(() => null, failureOf);
    if (failed !== null || isWaiting) await change(id, failed ?? { isWaiting: false });
  }
}

function isAllowed(automatic: 'ask' | 'keys' | 'all', match: LeakMatch | null): boolean {
  if (match === null || match.kind === 'canary') return false;
  return match.kind === 'key' ? automatic !== 'ask' : automatic === 'all';
}

function failureOf(error: unknown): Pick<LeakRecord, 'note' | 'isWaiting'> {
  const isOurs = error instanceof RingfenceError;
  const isWaiting = isOurs && error.code === 'conflict';
  const reason = isOurs ? error.message : 'It failed.';
  const next = isWaiting ? ' It is tried again when that has ended.' : '';
  return { note: `The automatic response did not start: ${reason}${next}`, isWaiting };
}

function pickLeak(all: readonly LeakRecord[], id: string): LeakRecord {
  const found = all.find((leak) => leak.id === id);
  if (found === undefined) throw new RingfenceError('not_found', `There is no leak ${JSON.stringify(id)}.`);
  return found;
}
