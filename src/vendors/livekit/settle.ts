import type { Intent } from '../../intent/intent.ts';
import type { Settlement } from '../../intent/settlement.ts';
import { accepted, at, REJECTED, settleByStatus, textAt } from '../shared/answer.ts';
import { type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import type { WireResponse } from '../wire.ts';

/** Names of ids in answers, in either spelling of protobuf JSON. */
const IDS = [
  'sipCallId',
  'sip_call_id',
  'egressId',
  'egress_id',
  'whatsappCallId',
  'whatsapp_call_id',
  'id',
  'sid',
];

/**
 * The vendor states no prices, neither in answers nor later by item: what was accepted stays at its bound.
 * A dial-out that failed names the SIP status; such a call was never answered.
 */
export function readSettlement(_intent: Intent, { status, body }: WireResponse): Settlement {
  const early = settleByStatus(status);
  const answer = parseJsonObject(body);
  if (early !== null) return early.outcome === 'unknown' && wasNotAnswered(answer) ? REJECTED : early;
  return accepted(null, [IDS.map((name) => textAt(answer, name)).find((id) => id !== null) ?? null]);
}

function wasNotAnswered(answer: JsonObject | null): boolean {
  return /^[3-6]\d\d$/.test(textAt(at(answer, 'meta'), 'sip_status_code') ?? '');
}
