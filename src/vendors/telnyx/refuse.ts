import type { Refusal } from '../../intent/decision.ts';
import { ERRORS } from '../../kernel/errors.ts';
import { jsonAnswer } from '../shared/json-answer.ts';
import type { WireResponse } from '../wire.ts';
import { facts } from './facts.ts';

/** Says no in the vendor's error list, with a status that the SDK turns into its own exception. Never a 5xx. */
export function refuse(refusal: Refusal): WireResponse {
  const { title, category, status: usual } = ERRORS[refusal.code];
  const overloaded = category === 'unavailable' ? 429 : 403;
  const status = usual < 500 ? usual : overloaded;
  const detail = `${refusal.message} (${refusal.code}, ${refusal.rule})`;
  const error = { code: refusal.code, title, detail, meta: { rule: refusal.rule } };
  return jsonAnswer(status, { errors: [error] }, facts.noRetry);
}
