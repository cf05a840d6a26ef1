import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { counted } from '../kernel/wording.ts';
import type { KeyStore } from '../store/ports.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { isLive } from './key-entry.ts';

interface Sources {
  readonly keys: Pick<KeyStore, 'list'>;
  readonly clock: Pick<Clock, 'ledger'>;
}

const MOST_NAMED = 5;

/** The keys of an app or an account that still open something. */
export async function liveKeysOf(
  { keys, clock }: Sources,
  owner: 'app' | 'account',
  id: string,
): Promise<readonly VirtualKeyRecord[]> {
  const now = clock.ledger();
  return (await keys.list()).filter((key) => key[owner] === id && isLive(key, now));
}

/** Throws `conflict`, with their names, while there are any. */
export async function refuseWithLiveKeys(
  sources: Sources,
  owner: 'app' | 'account',
  id: string,
): Promise<void> {
  const live = await liveKeysOf(sources, owner, id);
  if (live.length === 0) return;
  const names = live.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = live.length > MOST_NAMED ? ['…'] : [];
  throw new RingfenceError(
    'conflict',
    `${counted(live.length, 'virtual key')} of the ${owner} can still be used: ${[...names, ...more].join(', ')}. ${WAYS_OUT[owner]}`,
  );
}

const FIRST = 'Revoke first: `ringfence keys revoke`';
const WAYS_OUT = {
  account: `${FIRST}.`,
  app: `${FIRST}, or all at once: \`ringfence apps remove --revoke-keys\`.`,
};
