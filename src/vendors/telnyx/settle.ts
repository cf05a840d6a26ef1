import type { Intent } from '../../intent/intent.ts';
import type { Settlement } from '../../intent/settlement.ts';
import {
  accepted,
  acceptedInParts,
  at,
  hasParts,
  moneyOf,
  settleByStatus,
  textAt,
} from '../shared/answer.ts';
import { fieldOf, isJsonObject, parseJsonObject } from '../shared/json-body.ts';
import type { WireResponse } from '../wire.ts';

/** Messages state their cost in the answer; everything else learns it later from the vendor's records. */
export function readSettlement(intent: Intent, { status, body }: WireResponse): Settlement {
  const early = settleByStatus(status);
  if (early !== null) return early;
  const answer = parseJsonObject(body);
  const data = at(answer, 'data') ?? answer;
  const cost = data === null ? undefined : fieldOf(data, 'cost');
  const money = isJsonObject(cost) ? moneyOf(fieldOf(cost, 'amount'), fieldOf(cost, 'currency')) : null;
  const ids = intent.action.startsWith('call.')
    ? [textAt(data, 'call_leg_id') ?? textAt(data, 'call_sid') ?? textAt(data, 'sid')]
    : [textAt(data, 'id')];
  if (hasParts(intent)) return acceptedInParts(ids);
  return accepted(intent.action === 'message.send' ? money : null, ids);
}
