import { micros } from '../../kernel/money.ts';
import type { PriceRecord } from '../../store/records.ts';
import { bandCodes, type BandClass } from './band-countries.ts';

/** Currencies in which the figures below hold: they are far from exact, and these are worth about the same. */
export const BAND_CURRENCIES: readonly string[] = ['USD', 'EUR', 'GBP', 'CHF'];

export interface BandScope {
  readonly vendor: string;
  /** Null: every account of the vendor. */
  readonly account: string | null;
  /** Currency of the account. */
  readonly currency: string;
}

/**
 * Coarse upper bounds, used where no price is stated and no ceiling is set. They are above list prices on purpose and
 * should be replaced: a budget is only as exact as its prices. Empty for a currency that the figures do not fit.
 *
 * Figures, in currency units: SMS cost 0.008 to the United States and up to 0.15 to the riskiest countries at one big
 * vendor in 2019, 0.22 to Morocco in 2026, with single routes above that. Calls cost up to 0.6 a minute to ordinary
 * countries, 0.98 to Cuba, 5 to satellite networks and 13 to the dearest of them (retail tables). A verification adds
 * about 0.05. A number costs 1.15 a month in the United States and about 30 at most. Everything not named here is
 * from the vendors' price pages as remembered, and doubled.
 */
export function defaultPrices({ vendor, account, currency }: BandScope): readonly PriceRecord[] {
  if (!BAND_CURRENCIES.includes(currency)) return [];
  const record = (item: string, prefix: string, amount: number, unit: PriceRecord['unit']): PriceRecord => ({
    vendor,
    account,
    item,
    prefix,
    amount: micros(amount),
    currency,
    unit,
    increment: 60,
    from: 0,
    kind: 'band',
  });
  return [
    ...ANYWHERE.map(([item, amount, unit]) => record(item, '', amount, unit)),
    ...BY_CLASS.flatMap(([item, amounts, unit]) =>
      bandCodes(isCall(item)).map(([code, band]) => record(item, code, amounts[band], unit)),
    ),
  ];
}

const isCall = (item: string): boolean => item.startsWith('call.') || item === 'verify.start/voice';

type Amounts = Readonly<Record<BandClass, number>>;

const SMS: Amounts = { cheap: 50_000, normal: 200_000, dear: 1_000_000, worst: 2_000_000 };
const MMS: Amounts = { cheap: 100_000, normal: 750_000, dear: 1_500_000, worst: 3_000_000 };
const VOICE: Amounts = { cheap: 100_000, normal: 600_000, dear: 5_000_000, worst: 15_000_000 };
/** A message of one segment, and the fee. */
const VERIFY_TEXT: Amounts = { cheap: 150_000, normal: 300_000, dear: 1_100_000, worst: 2_100_000 };
/** A call of a minute, and the fee. */
const VERIFY_VOICE: Amounts = { cheap: 250_000, normal: 750_000, dear: 5_100_000, worst: 15_100_000 };
/** Set-up and first month. */
const NUMBER: Amounts = { cheap: 5_000_000, normal: 30_000_000, dear: 100_000_000, worst: 100_000_000 };

type Row<T> = readonly [item: string, amount: T, unit: PriceRecord['unit']];

const BY_CLASS: readonly Row<Amounts>[] = [
  ['message.send/sms', SMS, 'segment'],
  ['message.send/mms', MMS, 'each'],
  ['message.send/rcs', SMS, 'each'],
  ['message.failover_sms', SMS, 'segment'],
  ['message.failover_mms', MMS, 'each'],
  ['message.failover_rcs', SMS, 'each'],
  ['verify.start/sms', VERIFY_TEXT, 'each'],
  ['verify.start/rcs', VERIFY_TEXT, 'each'],
  ['verify.auto', VERIFY_TEXT, 'each'],
  ['verify.start/voice', VERIFY_VOICE, 'each'],
  ['call.create/voice', VOICE, 'minute'],
  ['number.buy', NUMBER, 'month'],
];

const ANYWHERE: readonly Row<number>[] = [
  ['message.send/whatsapp', 250_000, 'each'],
  ['message.send/chat', 50_000, 'each'],
  ['message.send/email', 20_000, 'each'],
  ['message.send/push', 10_000, 'each'],
  ['message.failover_whatsapp', 250_000, 'each'],
  ['message.failover_chat', 50_000, 'each'],
  ['message.failover_messenger', 50_000, 'each'],
  ['message.failover_viber_service', 250_000, 'each'],
  ['message.failover_email', 20_000, 'each'],
  ['verify.start/whatsapp', 350_000, 'each'],
  ['verify.start/email', 100_000, 'each'],
  ['verify.start/push', 100_000, 'each'],
  ['verify.start/silent', 150_000, 'each'],
  // The next step of a verification, whichever it is: as a call to a dear country.
  ['verify.start', 5_100_000, 'each'],
  ['verify.check', 100_000, 'each'],
  ['call.create/sip', 50_000, 'minute'],
  ['call.create/whatsapp', 600_000, 'minute'],
  // Nobody knows where to: as to a dear country. Satellites and premium numbers are for the vendor's own permissions.
  ['call.leg', 5_000_000, 'minute'],
  ['call.sms', 1_000_000, 'each'],
  ['call.recording', 10_000, 'minute'],
  ['call.transcription', 100_000, 'minute'],
  ['call.machine_detection', 20_000, 'each'],
  ['call.deepfake_detection', 100_000, 'each'],
  ['call.speech', 100_000, 'minute'],
  ['call.speech_recognition', 100_000, 'minute'],
  ['call.premium_speech', 100_000, 'minute'],
  ['call.streaming', 20_000, 'minute'],
  ['call.conference', 20_000, 'minute'],
  ['call.conversation_relay', 200_000, 'minute'],
  ['call.assistant', 500_000, 'minute'],
  ['call.agent', 500_000, 'minute'],
  ['recording.start', 50_000, 'minute'],
  ['recording.transcription', 100_000, 'minute'],
  ['recording.agent', 500_000, 'minute'],
  ['lookup', 20_000, 'each'],
  // Any package that has no row of its own.
  ['lookup/*', 300_000, 'each'],
  ['lookup/basic', 10_000, 'each'],
  ['lookup/standard', 20_000, 'each'],
  ['lookup/advanced', 60_000, 'each'],
  ['lookup/line_type_intelligence', 20_000, 'each'],
  ['lookup/carrier', 20_000, 'each'],
  ['lookup/caller_name', 30_000, 'each'],
  // Costs nothing by itself; the amount lets a budget bound how often such a thing is done.
  ['indirect', 50_000, 'each'],
];

const UNITS = new Map([...BY_CLASS, ...ANYWHERE].map(([item, , unit]) => [item, unit]));

/** What vendors bill the item by; `each` where nothing else is known. */
export function usualUnit(item: string): PriceRecord['unit'] {
  return UNITS.get(item) ?? 'each';
}
