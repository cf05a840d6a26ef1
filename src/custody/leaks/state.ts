import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { VirtualKeyRecord } from '../../store/records.ts';
import { isLive } from '../key-entry.ts';
import { matchOf, readIndex, type MatcherOptions } from './match.ts';
import type { LeakMatch, LeakRecord } from './record.ts';

/** A value that somebody found outside. */
export interface ReportedLeak {
  readonly rule: string;
  readonly vendor: string;
  readonly title: string;
  readonly remedy: string;
  /** Hashed at once and then forgotten. */
  readonly value: Secret;
  readonly places: readonly string[];
}

interface StateSources {
  readonly clock: Pick<Clock, 'wall' | 'ledger'>;
  readonly random: RandomBytes;
}

const MOST_PLACES = 20;
const SHOWN = 4;

/** A leak that was not known. */
export function newLeak(
  { rule, vendor, title, remedy, value, places }: ReportedLeak,
  hashes: Pick<LeakRecord, 'hash' | 'aliases'>,
  { clock, random }: StateSources,
): LeakRecord {
  const at = clock.wall();
  return {
    id: newId('leak', random),
    ...hashes,
    rule,
    vendor,
    title,
    remedy,
    masked: maskOf(value),
    places: places.slice(0, MOST_PLACES),
    match: null,
    response: null,
    state: 'open',
    note: '',
    firstSeenAt: at,
    lastSeenAt: at,
    endedAt: null,
  };
}

/** Seen again after the end of the matter is a new matter only if the value still works, which `updated` tells. */
export function seenAgain(leak: LeakRecord, { places }: ReportedLeak, at: number): LeakRecord {
  const all = [...new Set([...places, ...leak.places])].slice(0, MOST_PLACES);
  return { ...leak, places: all, lastSeenAt: at };
}

function maskOf(value: Secret): string {
  const text = value.reveal().trim();
  if (text.startsWith('-----BEGIN')) return `private key (${text.length} characters)`;
  return `${text.slice(0, text.length < 4 * SHOWN ? 0 : SHOWN)}… (${text.length} characters)`;
}

/** What a person can do where the gateway can do nothing by itself. */
export function guideFor({ id, match, state, remedy }: LeakRecord): readonly string[] {
  if (state === 'resolved') return [];
  if (match?.kind === 'canary') return ['It is a canary: a decoy that is meant to be found. Leave it there.'];
  const why =
    match?.kind === 'account'
      ? `Its account does not use it any more; the gateway cannot know whether the vendor still accepts it. Make sure that the vendor refuses it, then: \`ringfence leaks dismiss ${id} --reason TEXT\`.`
      : 'No sealed account and no virtual key has this value, so the gateway cannot revoke it.';
  return [why, remedy].filter((step) => step !== '');
}

interface Present {
  readonly known: ReadonlyMap<string, LeakMatch>;
  /** Without what rotations that have ended have replaced. */
  readonly inUse: ReadonlyMap<string, LeakMatch>;
  readonly keys: ReadonlyMap<string, VirtualKeyRecord>;
  readonly rotations: Awaited<ReturnType<MatcherOptions['rotations']>>;
}

/** Accounts, keys and rotations as they are now. */
export async function readPresent(options: MatcherOptions): Promise<Present> {
  const keys = await options.keys.list();
  return {
    known: await readIndex(options),
    inUse: await readIndex(options, 'present'),
    keys: new Map(keys.map((key) => [key.id, key])),
    rotations: await options.rotations(),
  };
}

/** What has become of a leak by what has happened to keys and accounts. */
export function updated(leak: LeakRecord, present: Present, clock: StateSources['clock']): LeakRecord {
  if (leak.state === 'dismissed') return leak;
  if (leak.state === 'resolved') return reopened(leak, present);
  const match = matchOf(present.known, leak) ?? leak.match;
  const current = sameMatch(match, leak.match) ? leak : { ...leak, match };
  if (match?.kind === 'key') {
    const key = present.keys.get(match.key);
    const isUsable = key !== undefined && isLive(key, clock.ledger());
    return isUsable ? current : resolved(current, 'The virtual key can no longer be used.', clock);
  }
  return match?.kind === 'account' ? afterRotation(current, match, present, clock) : current;
}

/** What ended stays so, but for a secret that somebody has sealed again. */
function reopened(leak: LeakRecord, { inUse }: Present): LeakRecord {
  const match = matchOf(inUse, leak);
  if (match?.kind !== 'account') return leak;
  const note = 'An account uses it again.';
  return { ...leak, match, state: 'open', response: null, note, endedAt: null };
}

function afterRotation(
  leak: LeakRecord,
  match: Extract<LeakMatch, { kind: 'account' }>,
  { rotations, inUse }: Present,
  clock: StateSources['clock'],
): LeakRecord {
  const isIts = ({ account, replaced }: Present['rotations'][number]): boolean =>
    account === match.account && [leak.hash, ...leak.aliases].includes(replaced);
  const rotation = rotations.find(isIts);
  if (rotation?.phase === 'done' && matchOf(inUse, leak) === null)
    return resolved(leak, 'The vendor refuses it: the account was rotated.', clock);
  if (leak.state !== 'responding' || rotation?.phase !== 'rolled-back') return leak;
  return { ...leak, state: 'open', note: rotation.problem ?? 'The rotation was rolled back.' };
}

function resolved(leak: LeakRecord, note: string, clock: StateSources['clock']): LeakRecord {
  return { ...leak, state: 'resolved', note, endedAt: clock.wall() };
}

function sameMatch(one: LeakMatch | null, other: LeakMatch | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
