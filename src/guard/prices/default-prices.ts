import { micros } from '../../kernel/money.ts';
import type { PriceRecord } from '../../store/records.ts';

/**
 * Coarse upper bounds for every vendor, used where no price book was imported. They are far above list prices on
 * purpose and must be replaced: a budget is only as exact as its prices. Premium and satellite prefixes have none.
 */
export function defaultPrices(currency: string): readonly PriceRecord[] {
  return ROWS.map(([item, amount, unit]) => ({
    vendor: '*',
    account: null,
    item,
    prefix: '',
    amount: micros(amount),
    currency,
    unit,
    increment: 60,
    from: 0,
    kind: 'band' as const,
  }));
}

const ROWS: readonly (readonly [item: string, amount: number, unit: PriceRecord['unit']])[] = [
  ['message.send/sms', 400_000, 'segment'],
  ['message.send/mms', 600_000, 'each'],
  ['message.send/whatsapp', 250_000, 'each'],
  ['message.send/rcs', 250_000, 'each'],
  ['message.send/chat', 50_000, 'each'],
  ['verify.start/sms', 500_000, 'each'],
  ['verify.start/voice', 1_500_000, 'each'],
  ['verify.start/whatsapp', 350_000, 'each'],
  ['verify.start/email', 100_000, 'each'],
  ['verify.start/silent', 150_000, 'each'],
  ['call.create/voice', 1_500_000, 'minute'],
  ['call.create/sip', 50_000, 'minute'],
  ['call.leg', 1_500_000, 'minute'],
  ['call.recording', 10_000, 'minute'],
  ['recording.start', 50_000, 'minute'],
  ['lookup', 10_000, 'each'],
  ['lookup/line_type_intelligence', 20_000, 'each'],
  ['lookup/carrier', 20_000, 'each'],
  ['lookup/caller_name', 30_000, 'each'],
  ['lookup/basic', 10_000, 'each'],
  ['lookup/standard', 20_000, 'each'],
  ['lookup/advanced', 60_000, 'each'],
];
