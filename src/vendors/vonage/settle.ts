import type { Intent } from '../../intent/intent.ts';
import type { Settlement } from '../../intent/settlement.ts';
import { type Money, micros } from '../../kernel/money.ts';
import {
  accepted,
  acceptedInParts,
  hasParts,
  moneyOf,
  objectsAt,
  REJECTED,
  settleByStatus,
  textAt,
  UNKNOWN,
} from '../shared/answer.ts';
import { fieldOf, type JsonObject, parseJsonObject, textOf } from '../shared/json-body.ts';
import type { WireResponse } from '../wire.ts';

/** The older APIs state prices without a currency; the account bills in EUR. */
const CURRENCY = 'EUR';
/** Internal error of the vendor: nobody knows what became of the message. */
const INTERNAL = '5';
/** Number Insight delivered part of what it was asked for; that part may be charged. */
const PARTIAL: ReadonlySet<string> = new Set(['43', '44', '45']);

/** What an answer says about money. The answer to an SMS states its price; everything else learns it later. */
export function readSettlement(intent: Intent, { status, body }: WireResponse): Settlement {
  const early = settleByStatus(status);
  if (early !== null) return early;
  const answer = parseJsonObject(body);
  const [family] = intent.operation.split('.');
  if (family === 'sms') return settleSms(answer);
  if (family === 'verify_legacy') return settleLegacy(answer, null);
  if (family === 'number_insight')
    return settleLegacy(
      answer,
      moneyOf(answer === null ? undefined : fieldOf(answer, 'request_price'), CURRENCY),
    );
  if (family === 'number_management') return settleNumbers(answer);
  const ids = [
    textAt(answer, 'message_uuid') ??
      textAt(answer, 'uuid') ??
      textAt(answer, 'request_id') ??
      textAt(answer, 'id'),
  ];
  return hasParts(intent) ? acceptedInParts(ids) : accepted(null, ids);
}

/** Each part of a long text has its own status and price; the message cost what its accepted parts cost. */
function settleSms(answer: JsonObject | null): Settlement {
  const parts = objectsAt(answer, 'messages');
  if (parts.length === 0) return UNKNOWN;
  const statuses = parts.map((part) => textOf(fieldOf(part, 'status')));
  const good = parts.filter((_part, place) => statuses[place] === '0');
  const isUnclear = statuses.includes(INTERNAL) || statuses.includes(null);
  if (good.length === 0) return isUnclear ? UNKNOWN : REJECTED;
  const prices = good.map((part) => moneyOf(fieldOf(part, 'message-price'), CURRENCY));
  const ids = good.map((part) => textAt(part, 'message-id'));
  const cost = isUnclear ? null : sum(prices);
  return cost === null && parts.length > 1 ? acceptedInParts(ids) : accepted(cost, ids);
}

function sum(prices: readonly (Money | null)[]): Money | null {
  let total = 0;
  for (const price of prices) {
    if (price === null) return null;
    total += price.amount;
  }
  return Number.isSafeInteger(total) ? { amount: micros(total), currency: CURRENCY } : null;
}

/** Verify v1 and Number Insight answer 200 with a `status` of their own. */
function settleLegacy(answer: JsonObject | null, cost: Money | null): Settlement {
  const status = answer === null ? null : textOf(fieldOf(answer, 'status'));
  if (status === null || status === INTERNAL) return UNKNOWN;
  if (status !== '0' && !PARTIAL.has(status)) return REJECTED;
  return accepted(cost, [textAt(answer, 'request_id')]);
}

function settleNumbers(answer: JsonObject | null): Settlement {
  const code = answer === null ? null : textOf(fieldOf(answer, 'error-code'));
  if (code === null || code.startsWith('5')) return UNKNOWN; // An error of the vendor, after which the number may have been bought all the same.
  return code === '200' ? accepted(null, []) : REJECTED;
}
