import { ACTIONS, CHANNELS, type Intent } from '../../intent/intent.ts';

/**
 * Names of price items.
 * - what is sent: `message.send/sms`, `call.create/voice`, `verify.start/email`; without channel just the action
 * - lookup packages: `lookup/carrier` on top of `lookup`; `lookup/*` for those without a row of their own
 * - further parts of an action: `call.leg`, `call.recording`, `message.failover_sms` (else as `message.send/sms`)
 * - operations known by their effects alone: `other/<operation>`, else `other`; `indirect` when they only may cost later;
 *   once for each that is ordered (`Intent.quantity`)
 */
export function baseItem({ action, channel, operation, effects }: Intent): string {
  if (action === 'other')
    return effects.includes('spend') || effects.includes('buy') ? `other/${operation}` : 'indirect';
  if (action === 'lookup' || action === 'number.buy' || action === 'verify.check' || channel === null)
    return action;
  return action === 'call.modify' ? `call.create/${channel}` : `${action}/${channel}`;
}

/** The item of a further part of an action, as adapters name it in `Intent.extras`. */
export function extraItem({ action, channel }: Intent, extra: string): string {
  if (action === 'lookup') return `lookup/${extra}`;
  if (action === 'verify.start' && (CHANNELS as readonly string[]).includes(extra))
    return `${action}/${extra}`;
  // What a command starts in a running call costs what it costs in one that is dialled.
  const stem = action === 'other' && channel === 'voice' ? 'call' : (action.split('.')[0] ?? action);
  return `${stem}.${extra}`;
}

const NAMES = new Set<string>([
  'other',
  'indirect',
  'call.create/sip', // Vendors list it; a request to such an address is bounded as `call.create/voice`.
  ...ACTIONS,
  ...ACTIONS.flatMap((action) => CHANNELS.map((channel) => `${action}/${channel}`)),
]);
const STEMS = new Set(ACTIONS.map((action) => action.split('.')[0] ?? action));

/** False for a name that no request can have, so that its price would never count. Adapters name the further parts. */
export function isItem(item: string): boolean {
  if (NAMES.has(item) || /^(?:lookup|other)\/./.test(item)) return true;
  const [stem = '', ...parts] = item.split('.');
  return parts.length === 1 && STEMS.has(stem) && /^[a-z][a-z0-9_]*$/.test(parts[0] ?? '');
}

/** True when the operation itself says that it costs or may cost money. */
export function mayCost({ effects }: Intent): boolean {
  return effects.includes('spend') || effects.includes('buy') || effects.includes('indirect');
}
