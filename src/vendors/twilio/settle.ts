import type { Intent } from '../../intent/intent.ts';
import type { Settlement } from '../../intent/settlement.ts';
import { micros, type Money, parseMicros, ZERO } from '../../kernel/money.ts';
import { accepted, acceptedInParts, hasParts, REJECTED, settleByStatus, UNKNOWN } from '../shared/answer.ts';
import type { WireResponse } from '../wire.ts';
import { facts } from './facts.ts';

/** Answers to what costs money are a few kilobytes; larger ones are lists, which cost nothing. */
const MAX_ANSWER = 256 * 1024;
const NOTHING: Money = { amount: ZERO, currency: facts.currency };

type Answer = Readonly<Record<string, unknown>>;

/**
 * What an answer says about money. Prices are negative decimals and mostly null at first, so that the record must be
 * looked up later. The answer is parsed as a whole: it echoes text of the app, in which a scan would find fake members.
 */
export function readSettlement(intent: Intent, { status, body }: WireResponse): Settlement {
  const early = settleByStatus(status);
  // A read that failed was not delivered; a create that failed may have happened.
  if (early !== null) return early === UNKNOWN && intent.effects.includes('read') ? REJECTED : early;
  const answer = body.length > MAX_ANSWER ? null : parse(body);
  if (answer === null) return accepted(null, []);
  if (intent.action === 'verify.start') return accepted(null, [attemptOf(answer), text(answer['sid'])]);
  if (intent.action === 'verify.check')
    return accepted(answer['status'] === 'approved' ? null : NOTHING, [text(answer['sid'])]);
  const id = text(answer['sid']) ?? text(answer['call_sid']);
  if (intent.action !== 'message.send' && hasParts(intent)) return acceptedInParts([id]);
  return accepted(priceOf(answer['price'], answer['price_unit']), [id]);
}

/** A price as positive money; null when the vendor has not rated it yet. */
export function priceOf(price: unknown, unit: unknown): Money | null {
  const decimal = typeof price === 'number' ? String(price) : price;
  if (typeof decimal !== 'string' || typeof unit !== 'string' || !/^[A-Za-z]{3}$/.test(unit)) return null;
  const amount = parseMicros(decimal);
  return amount === null ? null : { amount: micros(Math.abs(amount)), currency: unit.toUpperCase() };
}

/** Id of the latest attempt, which is the one that this request made; each attempt has its own price. */
function attemptOf(answer: Answer): string | null {
  const attempts = answer['send_code_attempts'];
  const last: unknown = Array.isArray(attempts) ? attempts.at(-1) : null;
  return typeof last === 'object' && last !== null ? text((last as Answer)['attempt_sid']) : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function parse(body: Buffer): Answer | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : null;
  } catch {
    return null;
  }
}
