import { CHANNELS, type Channel, type Intent } from '../intent/intent.ts';

const NONE: readonly Channel[] = [];
const ALONE = new Map(CHANNELS.map((channel) => [channel, [channel]] as const));
const KNOWN = new Map<string, Channel>(CHANNELS.map((channel) => [channel, channel]));
const FAILOVER = 'failover_';

/**
 * Every channel in which an intent may be delivered: its own, and those of the steps and fallbacks that adapters state
 * as further parts. A fallback that is called otherwise (`failover_messenger`) is a chat.
 */
export function channelsOf({ channel, extras }: Intent): readonly Channel[] {
  const own = channel === null ? NONE : (ALONE.get(channel) ?? NONE);
  if (extras.length === 0) return own;
  const further = extras.flatMap((extra) => {
    const name = extra.startsWith(FAILOVER) ? extra.slice(FAILOVER.length) : extra;
    return KNOWN.get(name) ?? (name === extra ? NONE : 'chat');
  });
  return further.length === 0 ? own : [...new Set([...own, ...further])];
}
