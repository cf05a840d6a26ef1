import type { Refusal } from '../../intent/decision.ts';
import { type Category, ERRORS } from '../../kernel/errors.ts';
import { jsonAnswer } from '../shared/json-answer.ts';
import type { WireResponse } from '../wire.ts';

/** Codes of Twirp (version 7) with their status; none is a 5xx, after which the SDK tries other regions. */
const CODES: Readonly<Record<Category, readonly [code: string, status: number]>> = {
  caller: ['invalid_argument', 400],
  unauthenticated: ['unauthenticated', 401],
  denied: ['permission_denied', 403],
  limited: ['resource_exhausted', 429],
  upstream: ['failed_precondition', 412],
  unavailable: ['resource_exhausted', 429],
  internal: ['failed_precondition', 412],
};

export function refuse(refusal: Refusal): WireResponse {
  const [code, status] = CODES[ERRORS[refusal.code].category];
  const msg = `${refusal.message} (${refusal.code}, ${refusal.rule})`;
  const meta = { ringfence_code: refusal.code, ringfence_rule: refusal.rule };
  // The SDK reads the body only under this exact media type.
  return jsonAnswer(status, { code, msg, meta }, { 'content-type': 'application/json' });
}
